/** JSON text as Go's encoder writes it, so that peers and clients see the same bytes from us as from the original. */

const ESCAPES: Readonly<Record<string, string>> = {
  '<': '\\u003c',
  '>': '\\u003e',
  '&': '\\u0026',
  '\u2028': '\\u2028',
  '\u2029': '\\u2029',
};
const SHORT: Readonly<Record<string, string>> = { '\\t': '\\u0009', '\\b': '\\u0008', '\\f': '\\u000c' };

/** A string in quotes with Go's escapes: `<`, `>`, `&`, U+2028/9 and all controls but LF and CR as `\u00xx`. */
export function goString(text: string): string {
  return JSON.stringify(text)
    .replace(/\\(?:[tbf]|.)/g, (escape) => SHORT[escape] ?? escape)
    .replace(/[<>&\u2028\u2029]/g, (char) => ESCAPES[char] ?? char);
}

/** Bytewise (UTF-8) order of map keys, as Go sorts them. Code-point order equals UTF-8 byte order; UTF-16 order does not. */
export function compareBytes(a: string, b: string): number {
  if (a === b) return 0;
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
