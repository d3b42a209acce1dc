import { isReached } from '../data/console-state.js';
import { useTimed } from '../hooks/now.js';
import { useAgent, useStore } from '../hooks/store.js';
import { linkText } from '../words/link.js';

/** In the corner: whether what is shown is live. Changes are read out. */
export function LinkState() {
  const link = useStore((state) => state.link);
  const { short, whole } = linkText(link, 0);
  return (
    <>
      <span
        class={`link-state link-${link.state}`}
        title={link.state === 'polled' ? whole : undefined}
        aria-hidden="true"
      >
        {short}
      </span>
      <span class="visually-hidden" role="status">
        {link.state === 'lost' ? 'Not connected: what you see grows old' : short}
      </span>
    </>
  );
}

/** Across the page while it is not: how old what it shows is. */
export function LinkNotice() {
  const { store } = useAgent();
  const link = useStore((state) => state.link);
  const text = useTimed((now) => linkText(link, now).whole);
  const isQuiet = isReached(link) || (link.state === 'connecting' && link.fault === undefined);
  if (isQuiet) return null;
  return (
    <div class="link-notice">
      <span>{text}.</span>
      <button type="button" onClick={() => store.hurry()}>
        Try now
      </button>
    </div>
  );
}
