import type { ComponentChildren } from 'preact';

/** What is wrong, or what to know before anything else. `bad` is read out at once. */
export function Notice({
  tone,
  title,
  children,
}: {
  readonly tone: 'bad' | 'warn' | 'plain';
  readonly title: string;
  readonly children?: ComponentChildren;
}) {
  return (
    <section class={`notice notice-${tone}`} role={tone === 'bad' ? 'alert' : undefined}>
      <h2>{title}</h2>
      {children}
    </section>
  );
}

/** Where something is on its way; seen only when that takes a while. */
export const Waiting = ({ children }: { readonly children: ComponentChildren }) => (
  <p class="waiting soft" role="status">
    {children}
  </p>
);

/** Where there is nothing to show: what would be here, and what to do. */
export function EmptyState({ title, children }: { readonly title: string; readonly children?: ComponentChildren }) {
  return (
    <div class="empty">
      <h2>{title}</h2>
      {children}
    </div>
  );
}
