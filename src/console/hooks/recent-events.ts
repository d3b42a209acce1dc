import { useEffect, useMemo, useState } from 'preact/hooks';
import type { HistoryQuery } from '../data/api.js';
import { isReached } from '../data/console-state.js';
import { withMore, type AgentEvent } from '../data/event.js';
import { useLiveEvents } from './live-events.js';
import { useAgent, useStore } from './store.js';

/**
 * Events of the journal and those that came since this page is open, the newest first; asked for anew with each connection.
 *
 * @param query chooses on the side of the agent; another object is another question; undefined: nobody is asked
 * @param isMeant chooses among all events
 * @returns undefined before the journal has answered
 */
export function useRecentEvents(
  query: HistoryQuery | undefined,
  isMeant: (event: AgentEvent) => boolean,
  most: number,
): readonly AgentEvent[] | undefined {
  const { api } = useAgent();
  const { live, missed } = useLiveEvents();
  const isThere = useStore((state) => isReached(state.link));
  const [past, setPast] = useState<readonly AgentEvent[]>();
  const [kept, setKept] = useState<readonly AgentEvent[]>([]);
  useEffect(() => {
    if (!isThere || !query) return undefined;
    let isGone = false;
    void api.history(query).then((history) => {
      if (!isGone) setPast((known) => (history.ok ? history.value.events : (known ?? [])));
    });
    return () => {
      isGone = true;
    };
  }, [api, query, isThere, missed]);
  // Of those that are meant, the newest stay when others have taken their places among the newest of all.
  useEffect(() => setKept([]), [api, query, missed]);
  useEffect(() => setKept((known) => withMore(known, live.filter(isMeant), most)), [api, query, live, isMeant, most]);
  return useMemo(
    () =>
      past &&
      withMore(past, [...kept, ...live], Infinity)
        .filter(isMeant)
        .slice(-most)
        .reverse(),
    [past, kept, live, isMeant, most],
  );
}
