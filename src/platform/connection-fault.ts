import { errnoOf, messageOf } from '../lib/fault.js';

/** The words of a failed connection; when several addresses of a name were tried, of each. */
export function connectionFault(error: unknown): string {
  // By shape, not `instanceof`: Node's own errors can come from another realm than ours.
  const tried: unknown = typeof error === 'object' && error !== null && 'errors' in error ? error.errors : undefined;
  const words = Array.isArray(tried) && tried.length > 0 ? tried.map(messageOf).join('; ') : messageOf(error);
  return words.trim(); // OpenSSL's end with a line break
}

/** The same as an error. Node calls a connection that was closed `aborted`, or `socket hang up`. */
export const connectionError = (error: unknown): Error =>
  new Error(errnoOf(error) === 'ECONNRESET' ? 'the connection was closed' : connectionFault(error), {
    cause: error,
  });
