import { useCallback, useMemo } from 'preact/hooks';
import { usePolled } from '../../hooks/polled.js';
import { useRates } from '../../hooks/rates.js';
import { useAgent, useStore } from '../../hooks/store.js';
import { loadsOf, loadTotals, type Loads } from './loads.js';

const PACE = { everyMs: 5_000, leastMs: 2_000 };
/** A minute of them. */
const WINDOW = { points: 12, gapMs: 30_000 };
const NOTHING_YET: Loads = { ofInstance: new Map(), ofService: new Map() };

/** What HAProxy of this host has of all instances; undefined where there is nothing to be had. */
export function useLoads(): Loads | undefined {
  const { api } = useAgent();
  const isManaged = useStore(({ proxy }) => proxy !== undefined && proxy !== 'none');
  const ask = useCallback(() => api.figures(), [api]);
  const { value, fault } = usePolled(isManaged ? ask : undefined, PACE);
  const rates = useRates(value, loadTotals, WINDOW);
  const loads = useMemo(() => (value ? loadsOf(value, rates) : NOTHING_YET), [value, rates]);
  return isManaged && (value || !fault) ? loads : undefined;
}
