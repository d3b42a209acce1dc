import { useMemo } from 'preact/hooks';
import type { Explanation } from '../../data/explanation.js';
import type { Polled } from '../../data/poll.js';
import { useAgentClock } from '../../hooks/now.js';
import { usePolled } from '../../hooks/polled.js';
import { useAgent, useStore } from '../../hooks/store.js';

/** Each costs the agent a question to HAProxy, and one to the host of the instance. */
const PACE = { everyMs: 15_000, leastMs: 2_000 };

export type Explained = Polled<Explanation> & { readonly agentNow: () => number };

/** How far an instance came. @param service undefined: nobody is asked. @param cause asks anew when it is another one */
export function useExplanation(service: string | undefined, id: string, cause: string): Explained {
  const { api } = useAgent();
  const ask = useMemo(() => (service === undefined ? undefined : () => api.explain(service, id)), [api, service, id]);
  return { ...usePolled(ask, PACE, cause), agentNow: useAgentClock() };
}

/** Another text when something happened that may let an instance go on, or stop it. @param newest the newest event of the instance */
export function useCause(service: string | undefined, host: string, newest: number | undefined): string {
  const events = useStore((state) => state.events);
  return useMemo(() => {
    const around = events.findLast(
      ({ kind, ...event }) =>
        kind === 'proxy' ||
        (kind === 'set-aside' && event.service === service) ||
        (kind === 'member' && event.host === host),
    );
    return `${newest} ${around?.id}`;
  }, [events, service, host, newest]);
}
