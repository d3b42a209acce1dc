import { useMemo } from 'preact/hooks';
import { useAgentClock } from '../../hooks/now.js';
import { useStore } from '../../hooks/store.js';
import { marksOf, type Mark } from './groups.js';

/** What HAProxy of this host sets aside or holds on to, by service. */
export function useMarks(): ReadonlyMap<string, readonly Mark[]> {
  const proxy = useStore((state) => state.proxy);
  const agentNow = useAgentClock();
  return useMemo(() => marksOf(proxy, agentNow()), [proxy, agentNow]);
}
