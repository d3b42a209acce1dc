import { useCallback, useMemo } from 'preact/hooks';
import { EmptyState, Notice, Waiting } from '../../components/notice.js';
import { EventList } from '../../components/event-list.js';
import { Link } from '../../components/link.js';
import { PageHead } from '../../components/page-head.js';
import type { KnownInstance, ServiceGroup } from '../../data/catalog.js';
import type { AgentEvent } from '../../data/event.js';
import type { InstanceExplanation } from '../../data/explanation.js';
import { useRecentEvents } from '../../hooks/recent-events.js';
import { useStore } from '../../hooks/store.js';
import { sentence } from '../../words/sentence.js';
import { isPresent } from '../services/groups.js';
import { DrainControl } from './drain-control.js';
import { InstanceFacts } from './instance-facts.js';
import { LastCheck } from './last-check.js';
import { ServerView } from './server-view.js';
import { useCause, useExplanation, type Explained } from './use-explanation.js';
import { VerdictView } from './verdict-view.js';
import { lanesOf } from './walk.js';
import { WalkView } from './walk-view.js';
import './instances.css';

const MAX_EVENTS = 50;
/** Of a host, where it is not known of which service the instance was. */
const HISTORY_OF_HOST = 2_000;
const HISTORY_OF_SERVICE = 500;

/** `/ui/instances/HOST/ID`: how far one instance came on its way into HAProxy, and what to do. */
export function InstancesPage({ rest }: { readonly rest: readonly string[] }) {
  const [host, id] = rest;
  if (host === undefined || id === undefined)
    return (
      <>
        <PageHead title="Instances" />
        <EmptyState title="Which one?">
          <p>
            Choose an instance among <Link to={['services']}>all services</Link>.
          </p>
        </EmptyState>
      </>
    );
  return <InstancePage key={`${host}/${id}`} host={host} id={id} />;
}

function InstancePage({ host, id }: { readonly host: string; readonly id: string }) {
  const services = useStore((state) => state.services);
  const isKnown = useStore((state) => state.link.state !== 'connecting');
  const { group, instance } = useMemo(() => placeOf(services, host, id), [services, host, id]);
  const known = group?.name;
  const isMeant = useCallback((event: AgentEvent) => event.host === host && event.instance === id, [host, id]);
  const query = useMemo(() => {
    if (!isKnown) return undefined;
    return known === undefined ? { host, limit: HISTORY_OF_HOST } : { service: known, host, limit: HISTORY_OF_SERVICE };
  }, [isKnown, known, host]);
  const events = useRecentEvents(query, isMeant, MAX_EVENTS);
  const service = known ?? events?.find((event) => event.service !== undefined)?.service;
  const cause = useCause(service, host, events?.[0]?.id);
  const explained = useExplanation(service, id, cause);
  const own = explained.value?.instances.find((each) => each.host === host && each.id === id);
  if (!isKnown) return <Waiting>Asking the agent for the instance</Waiting>;
  return (
    <>
      <nav class="crumbs" aria-label="Above this page">
        <Link to={service === undefined ? ['services'] : ['services', service]}>{service ?? 'Services'}</Link>
      </nav>
      <div class="head-row">
        <PageHead title={`${service ?? 'Instance'} on ${host}`}>
          <span class="mono">{id}</span>
        </PageHead>
        {instance && isPresent(instance) ? <DrainControl instance={instance} group={group} explanation={own} /> : null}
      </div>
      {instance ? <InstanceFacts instance={instance} explanation={own} /> : null}
      {service !== undefined ? (
        <Way explained={explained} own={own} service={service} id={id} isGone={instance === undefined} />
      ) : events === undefined ? (
        <Waiting>Asking the journal for it</Waiting>
      ) : (
        <EmptyState title="Nobody knows this instance">
          <p>
            The catalog has none of this ID on {host}, and the journal of this agent tells nothing of it. An instance
            that ended is forgotten after some hours.
          </p>
        </EmptyState>
      )}
      {instance && isPresent(instance) ? <ServerView host={host} id={id} cause={cause} /> : null}
      {instance ? <LastCheck instance={instance} explanation={own} /> : null}
      {service === undefined ? null : (
        <section aria-labelledby="events">
          <h2 id="events">What happened</h2>
          <EventList events={events ?? []} none="Nothing that is still kept." />
        </section>
      )}
    </>
  );
}

/** How far it came. @param own of this instance; undefined: there is none to walk with */
function Way({
  explained: { value, fault, agentNow },
  own,
  service,
  id,
  isGone,
}: {
  readonly explained: Explained;
  readonly own: InstanceExplanation | undefined;
  readonly service: string;
  readonly id: string;
  readonly isGone: boolean;
}) {
  const lanes = useMemo(() => own && value && lanesOf(own, value.host, agentNow()), [own, value, agentNow]);
  return (
    <section aria-labelledby="way">
      <h2 id="way">Is it routed?</h2>
      {isGone ? (
        <p class="soft">The catalog of this agent does not have it any more; this is what is still known.</p>
      ) : null}
      {value ? (
        <VerdictView verdict={own?.verdict ?? value.verdict} explanation={own} service={service} id={id} />
      ) : fault ? null : (
        <Waiting>Asking how far it came</Waiting>
      )}
      {fault ? <NoExplanation why={fault.why} text={fault.text} isOld={value !== undefined} /> : null}
      {lanes ? <WalkView lanes={lanes} /> : null}
      {own?.asked.state === 'answered' ? (
        <p class="asked soft">The first steps are told by {own.host} itself.</p>
      ) : null}
    </section>
  );
}

function NoExplanation({ why, text, isOld }: { readonly why: string; readonly text: string; readonly isOld: boolean }) {
  if (why === 'absent')
    return <p class="soft">This agent does not explain how far an instance comes: it is of another version.</p>;
  return (
    <Notice tone="warn" title={isOld ? 'What stands here is from before' : 'How far it came is not known'}>
      <p>{sentence(text)} It is asked again.</p>
    </Notice>
  );
}

function placeOf(
  services: readonly ServiceGroup[],
  host: string,
  id: string,
): { readonly group: ServiceGroup | undefined; readonly instance: KnownInstance | undefined } {
  for (const group of services) {
    const instance = group.instances.find((each) => each.id === id && each.host === host);
    if (instance) return { group, instance };
  }
  return { group: undefined, instance: undefined };
}
