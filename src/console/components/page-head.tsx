import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { useStore } from '../hooks/store.js';

/** The one title of a page, here and in the tab of the browser, with a line about it. */
export function PageHead({ title, children }: { readonly title: string; readonly children?: ComponentChildren }) {
  const cluster = useStore(({ clusterName }) => clusterName);
  useEffect(() => {
    document.title = [title, cluster, 'Sidecar'].filter(Boolean).join(' · ');
  }, [title, cluster]);
  return (
    <div class="page-head">
      <h1>{title}</h1>
      <p class="soft">{children}</p>
    </div>
  );
}
