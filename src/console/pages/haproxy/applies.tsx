import type { AgentEvent } from '../../data/event.js';
import { useAgentTimed } from '../../hooks/now.js';
import { causeText } from '../../words/proxy.js';
import { delayText, exactText, momentText } from '../../words/time.js';

const WHAT_WORDS: Readonly<Record<string, string>> = {
  runtime: 'commands',
  repaired: 'repair',
  reload: 'reload',
  failed: 'failure',
  started: 'start',
  lost: 'end',
  found: 'found',
};

const IS_BAD = new Set(['failed', 'lost', 'repaired']);

/** What was done, the newest first: when, how, in which time, and why. */
export function Applies({ events }: { readonly events: readonly AgentEvent[] }) {
  if (events.length === 0) return <p class="soft">Nothing that is still kept.</p>;
  return (
    <ol class="events applies">
      {events.map(({ id, time, what, tookMs, text, reasons }) => (
        <li key={id}>
          <time class="num soft" dateTime={new Date(time).toISOString()} title={exactText(time)}>
            <Moment time={time} />
          </time>
          <span class={IS_BAD.has(what) ? 'kind kind-bad' : 'kind'}>{WHAT_WORDS[what] ?? what}</span>
          <span class="event-text">
            {text}
            {reasons.map((reason) => (
              <span key={reason} class="tag" title={reason}>
                {causeText(reason)}
              </span>
            ))}
          </span>
          <span class="soft num">{tookMs === undefined ? '' : `in ${delayText(tookMs)}`}</span>
        </li>
      ))}
    </ol>
  );
}

function Moment({ time }: { readonly time: number }) {
  return <>{useAgentTimed((now) => momentText(time, now))}</>;
}
