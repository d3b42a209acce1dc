import { useCallback, useMemo } from 'preact/hooks';
import { EventList } from '../../components/event-list.js';
import { Link } from '../../components/link.js';
import { EmptyState, Notice, Waiting } from '../../components/notice.js';
import { PageHead } from '../../components/page-head.js';
import { TimeAgo } from '../../components/time-ago.js';
import type { Member } from '../../data/answers.js';
import type { AgentEvent } from '../../data/event.js';
import { useRecentEvents } from '../../hooks/recent-events.js';
import { usePolled } from '../../hooks/polled.js';
import { useAgent, useStore } from '../../hooks/store.js';
import { sentence } from '../../words/sentence.js';
import { consoleUrl } from '../../words/member.js';
import { count } from '../../words/service.js';
import { HostFacts } from './host-facts.js';
import { HostInstances } from './host-instances.js';
import { instancesOn, loadsOf, loadText } from './host-rows.js';
import { troublesOf } from './troubles.js';
import { useConvergence, useViews } from './use-cluster.js';

const MAX_EVENTS = 50;
const HISTORY_OF_HOST = 200;
const PROBLEMS_PACE = { everyMs: 10_000, leastMs: 2_000 };

/** One host: what is wrong with it, its figures, what runs on it, what happened there. */
export function HostPage({ name }: { readonly name: string }) {
  const members = useStore((state) => state.members);
  const services = useStore((state) => state.services);
  const asker = useStore((state) => state.hostname);
  const instances = useMemo(() => instancesOn(name, services), [name, services]);
  const load = useMemo(() => loadsOf(services).get(name), [name, services]);
  const isOriginal = useStore(({ link }) => link.state === 'polled');
  const isSelf = name === asker;
  const isMeant = useCallback(
    (event: AgentEvent) => event.host === name || (isSelf && event.host === undefined && event.kind !== 'proxy'),
    [name, isSelf],
  );
  const query = useMemo(() => ({ host: name, limit: HISTORY_OF_HOST }), [name]);
  const events = useRecentEvents(query, isMeant, MAX_EVENTS);
  const convergence = useConvergence().value;
  const views = useViews().value;
  if (!members && !isOriginal) return <Waiting>Asking the agent for its members</Waiting>;
  const member = members?.find((each) => each.name === name);
  const standing = convergence?.hosts.find((each) => each.name === name);
  return (
    <>
      <nav class="crumbs" aria-label="Above this page">
        <Link to={['hosts']}>Hosts</Link>
      </nav>
      <PageHead title={name}>{load ? loadText(load) : 'nothing runs on it'}</PageHead>
      {member ? (
        <>
          {troublesOf(member, standing, views, asker).map(({ tone, title, text }) => (
            <Notice key={title} tone={tone} title={title}>
              <p>{text}</p>
            </Notice>
          ))}
          <HostFacts member={member} standing={standing} views={views} asker={asker} />
          <Problems member={member} />
        </>
      ) : isOriginal ? (
        <p class="soft">This agent does not tell of the members.</p>
      ) : (
        <EmptyState title="It is no member of the cluster">
          <p>
            {instances.length === 0
              ? 'Nobody knows a host of this name, or it has been forgotten.'
              : 'Another host speaks for it, as a static file may, or it is gone and what ran there is not forgotten yet.'}
          </p>
        </EmptyState>
      )}
      <section aria-labelledby="instances">
        <h2 id="instances">{load ? 'What runs on it' : 'What ran on it'}</h2>
        {instances.length === 0 ? (
          <p class="soft">The catalog has no instance of this host.</p>
        ) : (
          <HostInstances host={name} instances={instances} />
        )}
      </section>
      <section aria-labelledby="events">
        <h2 id="events">What happened</h2>
        <EventList events={events ?? []} none="Nothing that is still kept." />
      </section>
    </>
  );
}

/** What is wrong there in the eyes of its own agent; to that of another host leads a link. */
function Problems({ member }: { readonly member: Member }) {
  const { api } = useAgent();
  const ask = useMemo(() => (member.isSelf ? () => api.problems() : undefined), [api, member.isSelf]);
  const { value, fault } = usePolled(ask, PROBLEMS_PACE);
  const url = consoleUrl(member, ['hosts', member.name]);
  if (!member.isSelf)
    return (
      <p class="soft">
        Problems of its agent are told by that agent alone{url === undefined ? '.' : ': '}
        {url === undefined ? null : <a href={url}>open its console</a>}
      </p>
    );
  if (!value)
    return fault && fault.why !== 'absent' ? (
      <p class="soft">Its problems are not known. {sentence(fault.text)}</p>
    ) : null;
  if (value.length === 0) return <p class="soft">Its agent reports no problems.</p>;
  return (
    <section aria-labelledby="problems">
      <h2 id="problems">{count(value.length, 'problem')} of its agent</h2>
      <ul class="problems card">
        {value.map(({ code, subject, message, since }) => (
          <li key={`${code} ${subject ?? ''}`}>
            <code>{code}</code>
            <span>{message}</span>
            {since === undefined ? null : (
              <span class="soft">
                for <TimeAgo at={since} />
              </span>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
