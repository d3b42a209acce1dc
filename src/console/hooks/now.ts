import { createContext } from 'preact';
import { useCallback, useContext, useEffect, useState } from 'preact/hooks';
import { browserClock } from '../platform/browser.js';
import { useAgent, useStore } from './store.js';

const BEAT_MS = 1_000;

const listeners = new Set<() => void>();
let cancel: (() => void) | undefined;

/** One timer for all that show an age, and none while nobody does. */
function beat(): void {
  cancel = browserClock.after(BEAT_MS, beat);
  for (const listener of listeners) listener();
}

function onBeat(listener: () => void): () => void {
  listeners.add(listener);
  cancel ??= browserClock.after(BEAT_MS, beat);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    cancel?.();
    cancel = undefined;
  };
}

/** A text of the time by this browser, drawn again when it is another one, looked at each second. */
export function useTimed(textAt: (now: number) => string): string {
  const text = textAt(browserClock.now());
  const [, setDrawn] = useState(text);
  useEffect(() => onBeat(() => setDrawn(textAt(browserClock.now()))), [textAt]);
  return text;
}

/** For all inside, the agent's clock stands still at that time: they show what was. */
export const StandingClock = createContext<number | undefined>(undefined);

/** The same of the agent's clock. */
export function useAgentTimed(textAt: (now: number) => string): string {
  const ahead = useStore(({ agentAheadMs }) => agentAheadMs);
  const standing = useContext(StandingClock);
  return useTimed((now) => textAt(standing ?? now + ahead));
}

/** The agent's clock, as far as this browser knows it: for what has to be reckoned once. */
export function useAgentClock(): () => number {
  const { store } = useAgent();
  return useCallback(() => browserClock.now() + store.state().agentAheadMs, [store]);
}
