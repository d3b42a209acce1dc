import { useMemo, useRef } from 'preact/hooks';
import type { Figures } from '../data/figures.js';
import { NO_RATES, withCount, type Rates, type RateWindow, type Totals } from '../data/rates.js';

/**
 * Rates of what HAProxy counts, kept from one answer to the next for as long as the component is there.
 *
 * @param figures the newest; undefined: none yet, or nobody asks at the moment
 */
export function useRates(
  figures: Figures | undefined,
  totalsOf: (figures: Figures) => ReadonlyMap<string, Totals>,
  window: RateWindow,
): Rates {
  const rates = useRef(NO_RATES);
  return useMemo(() => {
    if (figures) {
      const { time, pid } = figures;
      rates.current = withCount(rates.current, { time, pid, totals: totalsOf(figures) }, window);
    }
    return rates.current;
  }, [figures, totalsOf, window]);
}
