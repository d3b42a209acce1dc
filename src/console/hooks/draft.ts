import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { browserClock } from '../platform/browser.js';

/** What moves under a hand rests for so long before it counts: browsers refuse an address that changes with each step. */
const RESTS_MS = 150;

/**
 * A value that may change faster than it can count.
 *
 * @param value the one that counts
 * @param settle is told of a draft that has rested
 * @returns the draft, or the value where there is none; and what takes a new draft
 */
export function useDraft<T>(value: T, settle: (value: T) => void): readonly [T, (draft: T) => void] {
  const [draft, setDraft] = useState<{ readonly value: T }>();
  const cancel = useRef<(() => void) | undefined>(undefined);
  const tell = useRef(settle);
  tell.current = settle;
  useEffect(() => () => cancel.current?.(), []);
  const take = useCallback((moved: T) => {
    cancel.current?.();
    setDraft({ value: moved });
    cancel.current = browserClock.after(RESTS_MS, () => {
      setDraft(undefined);
      tell.current(moved);
    });
  }, []);
  return [draft ? draft.value : value, take];
}
