import type { ComponentChildren } from 'preact';

/** What is known of one thing, at a glance. */
export const Facts = ({ children }: { readonly children: ComponentChildren }) => <dl class="facts card">{children}</dl>;

export const Fact = ({ label, children }: { readonly label: string; readonly children: ComponentChildren }) => (
  <div>
    <dt>{label}</dt>
    <dd>{children}</dd>
  </div>
);
