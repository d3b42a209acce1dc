import { useCallback, useEffect, useState } from 'preact/hooks';
import { browserClock } from '../platform/browser.js';
import { writeClipboard } from '../platform/clipboard.js';

const SAID_FOR_MS = 2_500;

/** Copies a text, and says for a moment what came of it. */
export function useCopy(): { readonly copied: 'yes' | 'no' | undefined; readonly copy: (text: string) => void } {
  const [copied, setCopied] = useState<'yes' | 'no'>();
  useEffect(
    () => (copied === undefined ? undefined : browserClock.after(SAID_FOR_MS, () => setCopied(undefined))),
    [copied],
  );
  const copy = useCallback((text: string) => {
    void writeClipboard(text).then((isCopied) => setCopied(isCopied ? 'yes' : 'no'));
  }, []);
  return { copied, copy };
}
