/** So much of the end stays, in letters. */
const END = 8;

/** A name of which, on a phone and where there is no room for all of it, the middle gives way: its beginning and its end tell it from others. */
export function MiddleCut({ text }: { readonly text: string }) {
  if (text.length <= 2 * END) return <>{text}</>;
  return (
    <span class="middle-cut">
      <span>{text.slice(0, -END)}</span>
      <span>{text.slice(-END)}</span>
    </span>
  );
}
