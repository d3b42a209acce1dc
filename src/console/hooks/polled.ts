import { useEffect, useRef, useState } from 'preact/hooks';
import type { Answer } from '../data/api.js';
import { isReached } from '../data/console-state.js';
import { Poll, type Polled, type PollPace } from '../data/poll.js';
import { browserClock, isPageVisible, onPageVisible } from '../platform/browser.js';
import { useStore } from './store.js';

/**
 * What an agent answers, asked again and again while the component is there, somebody may be looking and the agent is reached.
 *
 * @param ask another function is another question: what was answered before is forgotten; undefined: nobody is asked
 * @param cause asks anew, sooner than usual, when it is another value than before
 */
export function usePolled<T>(ask: (() => Promise<Answer<T>>) | undefined, pace: PollPace, cause?: unknown): Polled<T> {
  const isThere = useStore(({ link }) => isReached(link));
  const [polled, setPolled] = useState<{ readonly ask: typeof ask; readonly of: Polled<T> }>({ ask, of: NOTHING });
  const poll = useRef<Poll<T> | undefined>(undefined);
  const { everyMs, leastMs } = pace;

  useEffect(() => {
    if (!ask) return undefined;
    const show = (of: Polled<T>): void => setPolled({ ask, of });
    const made = new Poll(ask, { everyMs, leastMs }, { clock: browserClock, show });
    poll.current = made;
    return () => {
      made.stop();
      poll.current = undefined;
    };
  }, [ask, everyMs, leastMs]);

  useEffect(() => {
    const look = (isVisible: boolean): void => {
      if (isVisible && isThere) poll.current?.start();
      else poll.current?.stop();
    };
    look(isPageVisible());
    return onPageVisible(look);
  }, [ask, everyMs, leastMs, isThere]);

  useEffect(() => poll.current?.hurry(), [cause]);
  return polled.ask === ask ? polled.of : NOTHING;
}

const NOTHING = { value: undefined, fault: undefined };
