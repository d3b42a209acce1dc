/** Text of a program as it is; the keyboard reaches it, to scroll. */
export function CodeBlock({ text, label }: { readonly text: string; readonly label: string }) {
  return (
    <pre class="code" tabIndex={0} role="region" aria-label={label}>
      <code>{text}</code>
    </pre>
  );
}
