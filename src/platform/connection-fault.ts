import { messageOf } from '../lib/fault.js';

/** The words of a failed connection; when several addresses of a name were tried, of each. */
export function connectionFault(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(messageOf).join('; ');
  return messageOf(error);
}
