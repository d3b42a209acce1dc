import { useCallback, useMemo } from 'preact/hooks';
import { CodeBlock } from '../../components/code-block.js';
import { EventList } from '../../components/event-list.js';
import { Link } from '../../components/link.js';
import { EmptyState, Notice, Waiting } from '../../components/notice.js';
import { PageHead } from '../../components/page-head.js';
import { TimeAgo } from '../../components/time-ago.js';
import type { ServiceGroup } from '../../data/catalog.js';
import type { AgentEvent } from '../../data/event.js';
import { useCheckOutputs } from '../../hooks/check-outputs.js';
import { useRecentEvents } from '../../hooks/recent-events.js';
import { useStore } from '../../hooks/store.js';
import { rateText } from '../../words/proxy.js';
import { count } from '../../words/service.js';
import { factsOf, type Mark } from './groups.js';
import { instanceRow, instancesIn, outputOf, type Row } from './rows.js';
import { ServicesTable } from './table.js';
import { useLoads } from './use-loads.js';
import { useMarks } from './use-marks.js';

const MAX_EVENTS = 50;

/** One service: what HAProxy makes of it, its versions, all its instances, what their checks showed, what happened. */
export function ServicePage({ name }: { readonly name: string }) {
  const services = useStore((state) => state.services);
  const isKnown = useStore((state) => state.link.state !== 'connecting');
  const group = services.find((each) => each.name === name);
  const marks = useMarks().get(name) ?? [];
  const query = useMemo(() => ({ service: name, limit: MAX_EVENTS }), [name]);
  const isMeant = useCallback(({ service }: AgentEvent) => service === name, [name]);
  const events = useRecentEvents(query, isMeant, MAX_EVENTS) ?? [];
  if (!isKnown) return <Waiting>Asking the agent for the service</Waiting>;
  return (
    <>
      <nav class="crumbs" aria-label="Above this page">
        <Link to={['services']}>Services</Link>
      </nav>
      {group ? (
        <Known group={group} marks={marks} />
      ) : (
        <>
          <PageHead title={name} />
          <Marks marks={marks} />
          <EmptyState title="Nobody runs it">
            <p>The cluster knows no instance of this service, or forgot the last one some hours after it ended.</p>
          </EmptyState>
        </>
      )}
      <section aria-labelledby="events">
        <h2 id="events">What happened</h2>
        <EventList events={events} none="Nothing that is still kept." />
      </section>
    </>
  );
}

function Known({ group, marks }: { readonly group: ServiceGroup; readonly marks: readonly Mark[] }) {
  const facts = factsOf(group);
  const loads = useLoads();
  const load = loads?.ofService.get(group.name);
  const { outputs, see } = useCheckOutputs();
  const onSight = useCallback((drawn: readonly Row[]) => see(instancesIn(drawn)), [see]);
  const rows = useMemo(() => group.instances.map((instance) => instanceRow(instance, outputs)), [group, outputs]);
  const failing = group.instances.filter((instance) => outputOf(instance, outputs) !== undefined);
  const { present, byStatus, versions, isOrderSure, isRolling } = facts;
  return (
    <>
      <PageHead title={group.name}>
        {byStatus.Alive} of {count(present, 'instance')} alive
        {facts.servicePorts.length > 0 ? `, at ${facts.servicePorts.map((port) => `:${port}`).join(' ')}` : ''}
        {load ? `, ${rateText(load.perSecond)} ${load.unit}` : ''}
        {load && load.errors > 0 ? <span class="tone-bad">, {rateText(load.errors)} errors/s</span> : null}
      </PageHead>
      <Marks marks={marks} />
      {isRolling ? (
        <ul class="rollout" aria-label={isOrderSure ? 'Versions, the oldest first' : 'Versions'}>
          {versions.map(({ version, image, instances, alive }) => (
            <li key={image} style={{ flexGrow: instances }}>
              <b>{version}</b>
              <span class="soft">
                {alive} of {instances} alive
              </span>
              <span class="meter" aria-hidden="true">
                <span style={{ width: `${(100 * alive) / instances}%` }} />
              </span>
            </li>
          ))}
        </ul>
      ) : null}
      <ServicesTable rows={rows} label={`Instances of ${group.name}`} loads={loads} onSight={onSight} />
      {failing.map((instance) => (
        <section key={`${instance.host}/${instance.id}`}>
          <h2>
            Last check on {instance.host} <span class="mono soft">{instance.id}</span>
            {instance.check ? (
              <small class="soft">
                {instance.check.what}, <TimeAgo at={instance.check.time} /> ago
              </small>
            ) : null}
          </h2>
          <CodeBlock text={outputOf(instance, outputs) ?? ''} label={`Output of the check on ${instance.host}`} />
        </section>
      ))}
    </>
  );
}

const Marks = ({ marks }: { readonly marks: readonly Mark[] }) => (
  <>
    {marks.map((mark) => (
      <MarkNotice key={mark.text} mark={mark} />
    ))}
  </>
);

const MarkNotice = ({ mark }: { readonly mark: Mark }) => (
  <Notice tone="warn" title={mark.kind === 'stale' ? 'HAProxy holds on to it' : 'HAProxy does not serve all of it'}>
    <p>
      {mark.text}
      {mark.code === undefined ? null : <code class="soft"> {mark.code}</code>}
      {mark.since === undefined ? null : (
        <span class="soft">
          {' '}
          for <TimeAgo at={mark.since} />
        </span>
      )}
    </p>
  </Notice>
);
