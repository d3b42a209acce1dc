import { useEffect, useState } from 'preact/hooks';
import type { NoAnswer } from '../data/api.js';
import { isReached } from '../data/console-state.js';
import type { Past } from '../data/past.js';
import { useAgent, useStore } from './store.js';

export interface PastView {
  /** Of `time`, which may still be another than the one asked for. */
  readonly shown: { readonly time: number; readonly past: Past } | undefined;
  /** Why there is no answer for the time asked for. */
  readonly fault: NoAnswer | undefined;
}

/** What the agent believed at a time; until that is known, what was asked for before. @param time undefined: nothing is asked for */
export function usePast(time: number | undefined): PastView {
  const { api } = useAgent();
  const canAnswer = useStore(({ link }) => isReached(link));
  const [view, setView] = useState<PastView>({ shown: undefined, fault: undefined });
  useEffect(() => {
    if (!canAnswer || time === undefined) return undefined;
    let isGone = false;
    void api.at(time).then((answer) => {
      if (isGone) return;
      if (answer.ok) setView({ shown: { time, past: answer.value }, fault: undefined });
      else setView(({ shown }) => ({ shown, fault: answer }));
    });
    return () => {
      isGone = true;
    };
  }, [api, time, canAnswer]);
  return view;
}
