import type { TargetedKeyboardEvent } from 'preact';
import { useMemo } from 'preact/hooks';
import { Chips } from '../../components/chips.js';
import type { AgentEvent } from '../../data/event.js';
import { useMedia } from '../../hooks/media.js';
import { useAgentTimed } from '../../hooks/now.js';
import { count } from '../../words/service.js';
import { clockText, durationText, exactText } from '../../words/time.js';
import { bucketsOf, SPANS, spanOf, stepTo, type Bucket, type Span } from './span.js';

/** The right end moves on that often. */
const BEAT_MS = 5_000;
const HEIGHT = 40;
/** On a shorter scale. */
const SECONDS_MATTER_MS = 20 * 60_000;
/** On a longer one the day does. */
const HALF_A_DAY_MS = 43_200_000;
/** So small a part before now is now. */
const NEAR = 400;

interface TimelineProps {
  /** The newest first. */
  readonly events: readonly AgentEvent[];
  readonly oldest: number;
  /** Undefined: now. */
  readonly at: number | undefined;
  /** Where the handle came to rest last: what is shown stays while it moves. */
  readonly restedAt: number | undefined;
  /** One of `SPANS`, or empty. */
  readonly wanted: string;
  readonly onMove: (at: number | undefined) => void;
  readonly onSpan: (span: string) => void;
}

/** How much happened when, and a handle to go there. */
export function Timeline({ events, oldest, at, restedAt, wanted, onMove, onSpan }: TimelineProps) {
  const pieces = useMedia('(max-width: 46rem)') ? 60 : 144;
  const now = Number(useAgentTimed((time) => String(Math.ceil(time / BEAT_MS) * BEAT_MS)));
  const span = useMemo(() => spanOf(oldest, now, wanted, restedAt), [oldest, now, wanted, restedAt]);
  const isNewest = span.to >= now;
  const buckets = useMemo(() => bucketsOf(events, span, pieces), [events, span, pieces]);
  const spans = SPANS.filter(({ ms }) => ms < now - oldest);

  const press = (event: TargetedKeyboardEvent<HTMLInputElement>): void => {
    if (event.metaKey || event.ctrlKey || event.altKey) return;
    const to = stepTo(event.key, at, events, { oldest, now });
    if (to === null) return;
    event.preventDefault();
    onMove(to);
  };
  return (
    <section class="card timeline" aria-labelledby="timeline-title">
      <div class="timeline-head">
        <h2 id="timeline-title">
          Timeline{' '}
          <small class="soft">
            {count(events.length, 'event')} in {durationText(now - oldest)}
          </small>
        </h2>
        {spans.length > 0 ? (
          <Chips
            label="How far back"
            chips={[...spans, { value: '', label: 'All' }]}
            chosen={spans.some(({ value }) => value === wanted) ? wanted : ''}
            onChoose={onSpan}
          />
        ) : null}
      </div>
      <div class="timeline-track">
        <Density buckets={buckets} at={at === undefined ? undefined : (at - span.from) / (span.to - span.from)} />
        <input
          type="range"
          aria-label="The moment that is shown"
          aria-valuetext={at === undefined ? 'now' : exactText(at)}
          aria-describedby="timeline-keys"
          min={Math.ceil(span.from)}
          max={Math.floor(span.to)}
          step={1}
          value={at ?? span.to}
          onInput={({ currentTarget }) => {
            const value = Number(currentTarget.value);
            onMove(isNewest && value >= span.to - (span.to - span.from) / NEAR ? undefined : value);
          }}
          onKeyDown={press}
        />
      </div>
      <Scale span={span} isNewest={isNewest} />
      <p id="timeline-keys" class="visually-hidden">
        Arrows go from event to event, Page Up and Page Down by five minutes, End returns to now.
      </p>
    </section>
  );
}

/** @param at where the moment is, from 0 to 1 */
function Density({ buckets, at }: { readonly buckets: readonly Bucket[]; readonly at: number | undefined }) {
  const most = Math.max(1, ...buckets.map(({ events }) => events));
  // By the root, so that one event is seen beside hundreds.
  const bars = (of: (bucket: Bucket) => number): string =>
    buckets
      .map((bucket, i) => ({ x: i, height: of(bucket) === 0 ? 0 : 3 + (HEIGHT - 3) * Math.sqrt(of(bucket) / most) }))
      .filter(({ height }) => height > 0)
      .map(({ x, height }) => `M${x + 0.12} ${HEIGHT}v-${height.toFixed(1)}h.76V${HEIGHT}z`)
      .join('');
  return (
    <div class="density" aria-hidden="true">
      <svg viewBox={`0 0 ${buckets.length} ${HEIGHT}`} preserveAspectRatio="none">
        <path class="density-all" d={bars(({ events }) => events)} />
        <path class="density-trouble" d={bars(({ trouble }) => trouble)} />
      </svg>
      {at === undefined ? null : <span class="since-then" style={{ left: `${100 * Math.max(0, Math.min(1, at))}%` }} />}
    </div>
  );
}

function Scale({ span: { from, to }, isNewest }: { readonly span: Span; readonly isNewest: boolean }) {
  const textAt = (time: number): string => {
    if (to - from < SECONDS_MATTER_MS) return clockText(time);
    return isNewest && to - from < HALF_A_DAY_MS ? clockText(time).slice(0, 5) : exactText(time).slice(5, 16);
  };
  return (
    <div class="scale num soft" aria-hidden="true">
      {[0, 0.25, 0.5, 0.75].map((part) => (
        <span key={part}>{textAt(from + (to - from) * part)}</span>
      ))}
      <span>{isNewest ? 'now' : textAt(to)}</span>
    </div>
  );
}
