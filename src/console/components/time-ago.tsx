import { useAgentTimed } from '../hooks/now.js';
import { durationText, exactText } from '../words/time.js';

/**
 * How long ago something was, counting on, with the exact time for who points at it.
 *
 * @param at by the agent's clock; undefined: before `knownSince`
 * @param knownSince since when the agent would know; undefined: nobody can say
 */
export function TimeAgo({
  at,
  knownSince,
}: {
  readonly at: number | undefined;
  readonly knownSince?: number | undefined;
}) {
  const from = at ?? knownSince;
  const age = useAgentTimed((now) => (from === undefined ? '' : durationText(now - from)));
  if (from === undefined) return <span class="soft">–</span>;
  const exact = exactText(from);
  return (
    <time class="ago" dateTime={new Date(from).toISOString()} title={at === undefined ? `before ${exact}` : exact}>
      {at === undefined ? `> ${age}` : age}
    </time>
  );
}
