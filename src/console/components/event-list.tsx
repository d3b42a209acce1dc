import type { AgentEvent } from '../data/event.js';
import { isTrouble, KIND_WORDS } from '../words/event.js';
import { exactText, momentText } from '../words/time.js';
import { useAgentTimed } from '../hooks/now.js';

/** What happened, one line each, in the order given. */
export function EventList({ events, none }: { readonly events: readonly AgentEvent[]; readonly none: string }) {
  if (events.length === 0) return <p class="soft">{none}</p>;
  return (
    <ol class="events">
      {events.map((event) => (
        <li key={event.id}>
          <Moment time={event.time} />
          <span class={isTrouble(event) ? 'kind kind-bad' : 'kind'}>{KIND_WORDS[event.kind]}</span>
          <span class="event-text">{event.text}</span>
        </li>
      ))}
    </ol>
  );
}

function Moment({ time }: { readonly time: number }) {
  const text = useAgentTimed((now) => momentText(time, now));
  return (
    <time class="num soft" dateTime={new Date(time).toISOString()} title={exactText(time)}>
      {text}
    </time>
  );
}
