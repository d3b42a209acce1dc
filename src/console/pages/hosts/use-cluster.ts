import { useCallback, useMemo } from 'preact/hooks';
import type { Convergence } from '../../data/convergence.js';
import type { Polled } from '../../data/poll.js';
import type { Views } from '../../data/views.js';
import { usePolled } from '../../hooks/polled.js';
import { useAgent, useStore } from '../../hooks/store.js';

const CONVERGENCE_PACE = { everyMs: 5_000, leastMs: 1_000 };
/** The agent asks all others for it, and gives the same answer for 5 s. */
const VIEWS_PACE = { everyMs: 30_000, leastMs: 5_000 };

/** Who serves what, and who is behind. */
export function useConvergence(): Polled<Convergence> {
  const { api } = useAgent();
  const ask = useCallback(() => api.convergence(), [api]);
  return usePolled(ask, CONVERGENCE_PACE);
}

/** Who sees whom; asked anew when a member comes or goes. */
export function useViews(): Polled<Views> {
  const { api } = useAgent();
  const events = useStore((state) => state.events);
  const newest = useMemo(() => events.findLast(({ kind }) => kind === 'member')?.id, [events]);
  const ask = useCallback(() => api.views(), [api]);
  return usePolled(ask, VIEWS_PACE, newest);
}
