import { useMemo } from 'preact/hooks';
import { Chips, type Chip } from '../../components/chips.js';
import { NothingMatches } from '../../components/nothing-matches.js';
import { EmptyState, Notice, Waiting } from '../../components/notice.js';
import { PageHead } from '../../components/page-head.js';
import { SearchField } from '../../components/search-field.js';
import { TimeAgo } from '../../components/time-ago.js';
import { EVENT_KINDS, type EventKind } from '../../data/event.js';
import { instantText } from '../../data/fields.js';
import type { JournalView } from '../../data/journal.js';
import { useDraft } from '../../hooks/draft.js';
import { useJournal } from '../../hooks/journal.js';
import { useAgentClock } from '../../hooks/now.js';
import { focusPage } from '../../hooks/page-focus.js';
import { useRouter } from '../../hooks/router.js';
import { useStore } from '../../hooks/store.js';
import { KIND_WORDS } from '../../words/event.js';
import { momentText, exactText } from '../../words/time.js';
import { EventLog } from './event-log.js';
import { choose, filterOf, momentOf, namesIn } from './filter.js';
import { PastView } from './past-view.js';
import { stepTo } from './span.js';
import { Timeline } from './timeline.js';
import './events.css';

/** `/ui/events`: what happens and what happened; with `?at=TIME` what was. */
export function EventsPage() {
  const { address, filter: change } = useRouter();
  const journal = useJournal();
  const isKnown = useStore(({ link }) => link.state !== 'connecting');
  const filter = filterOf(address.query);
  const { kind, service, host, query } = filter;
  const { at, fault } = momentOf(address.query, useAgentClock()());
  const { events, byKind } = useMemo(
    () => choose(journal.events, { kind, service, host, query }),
    [journal.events, kind, service, host, query],
  );
  const { oldest } = journal;
  const [moment, move] = useDraft(at, (to) =>
    change({ at: to === undefined ? '' : instantText(to) }, { isTyping: true }),
  );
  return (
    <>
      <PageHead title="Events">
        {at === undefined ? reachOf(journal) : `as it was on ${exactText(at).slice(0, 19)}`}
      </PageHead>
      <div class="toolbar">
        <SearchField label="Search events" value={query} onInput={(q) => change({ q }, { isTyping: true })} />
        <Among of="service" label="Any service" events={journal.events} value={service} />
        <Among of="host" label="Any host" events={journal.events} value={host} />
        <Chips label="Kind" chips={chipsOf(byKind, kind)} chosen={kind} onChoose={(value) => change({ kind: value })} />
      </div>
      {fault === undefined ? null : (
        <Notice tone="warn" title="You see what is now">
          <p>{fault}</p>
        </Notice>
      )}
      <JournalNotice journal={journal} />
      {oldest === undefined ? null : (
        <Timeline
          events={events}
          oldest={oldest}
          at={moment}
          restedAt={at}
          wanted={address.query['span'] ?? ''}
          onMove={move}
          onSpan={(span) => change({ span })}
        />
      )}
      {at === undefined ? (
        <>
          {events.length > 0 ? (
            <EventLog events={events} />
          ) : journal.state === 'reading' || !isKnown ? (
            <Waiting>Reading what happened</Waiting>
          ) : journal.events.length > 0 ? (
            <NothingMatches label="Show all events" filters={{ q: '', kind: '', service: '', host: '' }} />
          ) : null}
        </>
      ) : (
        <>
          <MomentBar at={moment ?? at} oldest={oldest ?? at} events={events} onMove={move} />
          <PastView at={at} query={query} events={events} journal={journal} />
        </>
      )}
    </>
  );
}

/** Which moment is shown, and the way from event to event and back to now. */
function MomentBar({
  at,
  oldest,
  events,
  onMove,
}: {
  readonly at: number;
  readonly oldest: number;
  readonly events: JournalView['events'];
  readonly onMove: (to: number | undefined) => void;
}) {
  const reach = { oldest, now: at };
  return (
    <div class="moment">
      <b class="num">{momentText(at, at)}</b>
      <span class="soft">
        <TimeAgo at={at} /> ago
      </span>
      <Step label="‹ Earlier event" to={stepTo('ArrowLeft', at, events, reach)} onMove={onMove} />
      <Step label="Later event ›" to={stepTo('ArrowRight', at, events, reach)} onMove={onMove} />
      <button
        type="button"
        onClick={() => {
          onMove(undefined);
          focusPage();
        }}
      >
        Back to now
      </button>
    </div>
  );
}

function Step({
  label,
  to,
  onMove,
}: {
  readonly label: string;
  readonly to: number | undefined | null;
  readonly onMove: (to: number) => void;
}) {
  return (
    <button type="button" disabled={typeof to !== 'number'} onClick={() => typeof to === 'number' && onMove(to)}>
      {label}
    </button>
  );
}

/** A choice among the names that events have. */
function Among({
  of,
  label,
  events,
  value,
}: {
  readonly of: 'service' | 'host';
  readonly label: string;
  readonly events: JournalView['events'];
  readonly value: string;
}) {
  const { filter: change } = useRouter();
  const names = useMemo(() => namesIn(events, of), [events, of]);
  const offered = value === '' || names.includes(value) ? names : [value, ...names];
  return (
    <select
      class={value === '' ? 'among' : 'among among-chosen'}
      aria-label={of === 'service' ? 'Service' : 'Host'}
      value={value}
      onChange={({ currentTarget }) => change({ [of]: currentTarget.value })}
    >
      <option value="">{label}</option>
      {offered.map((name) => (
        <option key={name} value={name}>
          {name}
        </option>
      ))}
    </select>
  );
}

function chipsOf(byKind: ReadonlyMap<EventKind, number>, chosen: EventKind | ''): readonly Chip[] {
  const kinds = EVENT_KINDS.filter((kind) => byKind.has(kind) || kind === chosen);
  return [
    { value: '', label: 'All' },
    ...kinds.map((kind) => ({ value: kind, label: KIND_WORDS[kind], count: byKind.get(kind) ?? 0 })),
  ];
}

/** Why there is less to see than somebody may expect. */
function JournalNotice({ journal: { state, fault, events } }: { readonly journal: JournalView }) {
  if (state === 'none')
    return (
      <p class="soft journal-note">
        This agent keeps no journal (<code>history_size = 0</code>): you see what happens from now on, and not what was.
      </p>
    );
  if (state !== 'failed' || !fault) return null;
  if (fault.why === 'absent')
    return (
      <EmptyState title="This agent does not tell what happens">
        <p>Events and what was are known of agents that have a journal.</p>
      </EmptyState>
    );
  return (
    <Notice tone="bad" title={events.length > 0 ? 'Older events could not be read' : 'The journal could not be read'}>
      <p>{fault.text}</p>
    </Notice>
  );
}

function reachOf({ oldest, state }: JournalView): string {
  if (oldest === undefined) return '';
  return state === 'reading' ? 'reading the journal' : `since ${exactText(oldest).slice(0, 16)}`;
}
