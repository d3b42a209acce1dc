import { useRef } from 'preact/hooks';
import { hasAllSince, type AgentEvent } from '../data/event.js';
import { useStore } from './store.js';

export interface LiveEvents {
  /** The newest that were told, oldest first. */
  readonly live: readonly AgentEvent[];
  /** How often more came at once than are kept, as for who comes back after a night: then only the journal has them all. */
  readonly missed: number;
}

export function useLiveEvents(): LiveEvents {
  const live = useStore(({ events }) => events);
  const seen = useRef<LiveEvents>({ live, missed: 0 });
  const { live: before, missed } = seen.current;
  if (live !== before) seen.current = { live, missed: missed + Number(!hasAllSince(before, live)) };
  return seen.current;
}
