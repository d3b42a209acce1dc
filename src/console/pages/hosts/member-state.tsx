import { stateText } from './host-words.js';

const BADGES: Readonly<Record<string, string>> = {
  alive: 'alive',
  suspect: 'draining',
  dead: 'unhealthy',
  missing: 'unhealthy',
  left: 'tombstone',
};

/** How a member stands, as shape, word and colour. */
export const MemberState = ({ state }: { readonly state: string }) => (
  <span class={`badge badge-${BADGES[state] ?? 'unknown'}`}>{stateText(state)}</span>
);
