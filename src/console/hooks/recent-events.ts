import { useEffect, useMemo, useState } from 'preact/hooks';
import type { HistoryQuery } from '../data/api.js';
import { isReached } from '../data/console-state.js';
import type { AgentEvent } from '../data/event.js';
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
  const live = useStore((state) => state.events);
  const isThere = useStore((state) => isReached(state.link));
  const [past, setPast] = useState<readonly AgentEvent[]>();
  useEffect(() => {
    if (!isThere || !query) return undefined;
    let isGone = false;
    void api.history(query).then((history) => {
      if (!isGone) setPast((known) => (history.ok ? history.value.events : (known ?? [])));
    });
    return () => {
      isGone = true;
    };
  }, [api, query, isThere]);
  return useMemo(() => {
    if (!past) return undefined;
    const byId = new Map([...past, ...live].filter(isMeant).map((event) => [event.id, event]));
    return [...byId.values()].sort((a, b) => b.id - a.id).slice(0, most);
  }, [past, live, isMeant, most]);
}
