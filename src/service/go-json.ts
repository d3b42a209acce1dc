/** JSON text as Go's encoder writes it, so that peers and clients see the same bytes from us as from the original. */

const ESCAPES: Readonly<Record<string, string>> = {
  '<': '\\u003c',
  '>': '\\u003e',
  '&': '\\u0026',
  '\u2028': '\\u2028',
  '\u2029': '\\u2029',
};
/** Most strings of a record, in which nothing is to be escaped. */
const PLAIN = /^[\w .,:;/@+=()*#-]*$/;
const SHORT: Readonly<Record<string, string>> = { '\\t': '\\u0009', '\\b': '\\u0008', '\\f': '\\u000c' };

/** A string in quotes with Go's escapes: `<`, `>`, `&`, U+2028/9 and all controls but LF and CR as `\u00xx`. */
export function goString(text: string): string {
  if (PLAIN.test(text)) return `"${text}"`;
  return JSON.stringify(text)
    .replace(/\\(?:[tbf]|.)/g, (escape) => SHORT[escape] ?? escape)
    .replace(/[<>&\u2028\u2029]/g, (char) => ESCAPES[char] ?? char);
}

/** Bytewise (UTF-8) order of map keys, as Go sorts them: that of their code points, not that of UTF-16. */
export function compareBytes(a: string, b: string): number {
  const common = Math.min(a.length, b.length);
  for (let i = 0; i < common; i += 1) {
    const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)];
    if (x !== y) return rank(x) - rank(y);
  }
  return a.length - b.length;
}

/** Surrogates stand for code points above the basic plane, though their numbers lie within it. */
const rank = (unit: number): number => (unit >= 0xd800 && unit < 0xe000 ? unit + 0x10000 : unit);
