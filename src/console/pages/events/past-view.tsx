import { useMemo, useState } from 'preact/hooks';
import { Link } from '../../components/link.js';
import { EmptyState, Notice, Waiting } from '../../components/notice.js';
import { StatusBadge } from '../../components/status-badge.js';
import { Catalog } from '../../data/catalog.js';
import type { AgentEvent } from '../../data/event.js';
import type { Past } from '../../data/past.js';
import type { JournalView } from '../../data/journal.js';
import { StandingClock } from '../../hooks/now.js';
import { usePast } from '../../hooks/past.js';
import { useStore } from '../../hooks/store.js';
import { searchWords } from '../../words/search.js';
import { count, imageName } from '../../words/service.js';
import { sentence } from '../../words/sentence.js';
import { clockText, exactText } from '../../words/time.js';
import { isFound, summaryOf } from '../services/groups.js';
import { rowsOf } from '../services/rows.js';
import { ServicesTable } from '../services/table.js';
import { EventLine } from './event-log.js';
import { changesSince, type Change } from './since.js';

const JUST_BEFORE = 5;
const FEW = 50;
const NO_MARKS = new Map<string, never[]>();

/**
 * What the agent believed at a moment, what had happened just before, and what is another now.
 *
 * @param events the newest first, as they are filtered
 * @param journal all that is kept
 */
export function PastView({
  at,
  query,
  events,
  journal: { events: all, oldest, state },
}: {
  readonly at: number;
  readonly query: string;
  readonly events: readonly AgentEvent[];
  readonly journal: JournalView;
}) {
  const isTooOld = oldest !== undefined && at < oldest;
  const isReading = oldest === undefined && state === 'reading';
  const { shown, fault } = usePast(isTooOld || isReading ? undefined : at);
  const text = isTooOld
    ? `What this agent keeps begins at ${exactText(oldest).slice(0, 19)}.`
    : fault && sentence(fault.text);
  const before = events.filter(({ time }) => time <= at).slice(0, JUST_BEFORE);
  return (
    <>
      <section aria-labelledby="before">
        <h2 id="before">What had just happened</h2>
        {before.length > 0 ? (
          <ol class="log">
            {before.map((event) => (
              <EventLine key={event.id} event={event} />
            ))}
          </ol>
        ) : (
          <p class="soft">Nothing that is still kept, or nothing that your filters show.</p>
        )}
      </section>
      {text === undefined ? null : (
        <Notice tone="warn" title="What was believed at that moment is not known">
          <p>{text}</p>
        </Notice>
      )}
      {shown && !isTooOld ? (
        <div class={shown.time === at ? 'past' : 'past is-moving'}>
          <Changes past={shown.past} query={query} />
          <StandingClock.Provider value={shown.time}>
            <PastServices time={shown.time} past={shown.past} query={query} all={all} />
          </StandingClock.Provider>
        </div>
      ) : text !== undefined ? null : (
        <Waiting>Asking what was believed at that moment</Waiting>
      )}
    </>
  );
}

function PastServices({
  time,
  past,
  query,
  all,
}: {
  readonly time: number;
  readonly past: Past;
  readonly query: string;
  readonly all: readonly AgentEvent[];
}) {
  const groups = useMemo(() => {
    const catalog = new Catalog();
    catalog.replace(past.instances);
    for (const event of all.filter((each) => each.time <= time).reverse()) catalog.recall(event);
    return catalog.groups();
  }, [past, all, time]);
  const { rows } = useMemo(() => rowsOf(groups, NO_MARKS, { query, show: '', isBrief: false }), [groups, query]);
  return (
    <section aria-labelledby="then">
      <h2 id="then">
        Services at {clockText(time)} <small class="soft">{summaryOf(groups)}</small>
      </h2>
      {rows.length > 0 ? (
        <ServicesTable rows={rows} label={`Services and their instances at ${clockText(time)}`} />
      ) : (
        <EmptyState title={query === '' ? 'There was nothing' : 'Nothing matches'} />
      )}
    </section>
  );
}

function Changes({ past, query }: { readonly past: Past; readonly query: string }) {
  const services = useStore((state) => state.services);
  const [isAll, setAll] = useState(false);
  const changes = useMemo(() => {
    const words = searchWords(query);
    return changesSince(past.instances, services).filter(({ instance }) => isFound(instance, words));
  }, [past, services, query]);
  const shown = isAll ? changes : changes.slice(0, FEW);
  return (
    <section aria-labelledby="since">
      <h2 id="since">
        What has changed since <small class="soft">{changes.length === 0 ? '' : tallyOf(changes)}</small>
      </h2>
      {changes.length === 0 ? (
        <p class="soft">Nothing: every instance is as it was then.</p>
      ) : (
        <div class="card changes-card">
          <table class="changes">
            <thead>
              <tr>
                <th scope="col">Service</th>
                <th scope="col">Host</th>
                <th scope="col">Instance</th>
                <th scope="col">Then</th>
                <th scope="col">Now</th>
              </tr>
            </thead>
            <tbody>
              {shown.map((change) => (
                <ChangeRow key={`${change.instance.host}/${change.instance.id}`} change={change} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {changes.length > shown.length ? (
        <p class="more">
          <button type="button" onClick={() => setAll(true)}>
            {count(changes.length - shown.length, 'more change')}
          </button>
        </p>
      ) : null}
    </section>
  );
}

function ChangeRow({ change: { what, instance, was, is, imageWas } }: { readonly change: Change }) {
  const { service, host, id, image } = instance;
  const version = (of: string): string => imageName(of).version || imageName(of).name;
  return (
    <tr>
      <td>
        <Link to={['services', service]}>{service}</Link>
      </td>
      <td>
        <Link to={['hosts', host]}>{host}</Link>
      </td>
      <td class="mono">
        <Link to={['instances', host, id]}>{id}</Link>
      </td>
      <td>
        {was === undefined ? (
          <span class="soft">not there</span>
        ) : (
          <>
            <StatusBadge status={was} /> <span class="soft mono">{version(imageWas ?? image)}</span>
          </>
        )}
      </td>
      <td>
        {is === undefined ? (
          <StatusBadge status="Tombstone" />
        ) : (
          <>
            <StatusBadge status={is} /> <span class="soft mono">{version(image)}</span>
            {what === 'added' ? <span class="tag tag-accent">new</span> : null}
          </>
        )}
      </td>
    </tr>
  );
}

function tallyOf(changes: readonly Change[]): string {
  const of = (what: Change['what']): number => changes.filter((change) => change.what === what).length;
  const parts = [
    { n: of('added'), word: 'added' },
    { n: of('gone'), word: 'gone' },
    { n: of('changed'), word: 'changed' },
  ];
  return parts
    .filter(({ n }) => n > 0)
    .map(({ n, word }) => `${n} ${word}`)
    .join(', ');
}
