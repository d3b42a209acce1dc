import { posix } from 'node:path';

/** Where a request goes. `clean` is its path with only what must be escaped escaped, ready for the router. */
export type RequestPath =
  | { readonly kind: 'clean'; readonly path: string; readonly query: string }
  | { readonly kind: 'moved'; readonly location: string }
  | { readonly kind: 'malformed' };

/**
 * Reads the target of a request line as the original did: the whole path is decoded before it is split, so an escaped slash
 * separates segments as well; a path with `//`, `.` or `..` has moved to the clean one, its query kept.
 *
 * @param target as Node gives it: bytes above 0x7f as Latin-1
 */
export function readRequestPath(target: string): RequestPath {
  const [, raw = '', query = ''] = /^(?:[a-z]+:\/\/[^/?#]*)?([^?#]*)(\?[^#]*)?/i.exec(target) ?? [];
  if (/%(?![\da-f]{2})/i.test(raw)) return { kind: 'malformed' };
  const decoded = decodeBytes(raw);
  const cleaned = posix.normalize(`/${decoded}`);
  const path = encodePath(cleaned);
  return cleaned === decoded ? { kind: 'clean', path, query } : { kind: 'moved', location: path + query };
}

/** Escapes of any byte; what is not UTF-8 becomes U+FFFD, so that it names nothing. */
function decodeBytes(raw: string): string {
  const bytes = raw.replace(/%([\da-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString();
}

/** Go's escaping of a path. */
function encodePath(path: string): string {
  return encodeURI(path).replace(/[?#!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}
