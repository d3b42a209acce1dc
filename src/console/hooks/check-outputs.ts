import { useCallback, useEffect, useMemo, useState } from 'preact/hooks';
import type { KnownInstance } from '../data/catalog.js';
import { NO_OUTPUTS, OutputAsker, type CheckOutputs } from '../data/check-outputs.js';
import { isPlain, isReached } from '../data/console-state.js';
import { browserClock, isPageVisible, onPageVisible } from '../platform/browser.js';
import { useAgent, useStore } from './store.js';

export interface SeenOutputs {
  readonly outputs: CheckOutputs;
  /** To be told which instances are in sight. */
  readonly see: (instances: readonly KnownInstance[]) => void;
}

/** What checks showed last on other hosts, asked for while the page is live and somebody may be looking. */
export function useCheckOutputs(): SeenOutputs {
  const { api } = useAgent();
  const self = useStore(({ hostname }) => hostname);
  const canExplain = useStore(({ link }) => isReached(link) && !isPlain(link));
  const [outputs, show] = useState(NO_OUTPUTS);
  const asker = useMemo(
    () => new OutputAsker((service, host) => api.explain(service, host), { clock: browserClock, show }),
    [api],
  );
  useEffect(() => {
    const look = (isVisible: boolean): void => (isVisible && canExplain ? asker.start() : asker.stop());
    look(isPageVisible());
    const end = onPageVisible(look);
    return () => {
      end();
      asker.stop();
    };
  }, [asker, canExplain]);
  const see = useCallback((instances: readonly KnownInstance[]) => asker.see(instances, self), [asker, self]);
  return { outputs, see };
}
