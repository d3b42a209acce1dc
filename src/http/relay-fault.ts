import { messageOf } from '../lib/fault.js';
import type { RelayOutcomes } from '../metrics/relay-figures.js';

/** Why nothing of another cluster's answer was passed on, with a sentence for people. */
export interface RelayFault {
  readonly status: 404 | 502 | 503 | 504;
  readonly code: 'cluster-unknown' | 'cluster-unreachable' | 'cluster-silent' | 'answer-unfit' | 'relay-busy';
  readonly message: string;
}

/** What came is nothing for a reader; the message is the end of a sentence that begins with the name of the cluster. */
export class UnfitAnswer extends Error {
  override readonly name = 'UnfitAnswer';
}

export const BUSY: RelayFault = {
  ...{ status: 503, code: 'relay-busy' },
  message: 'this agent asks other clusters as much as it may, or is ending: ask again in a moment',
};

/**
 * What went wrong at another cluster.
 *
 * @param silentMs what it was waited for in vain; undefined: it was not that
 */
export function faultAt(
  { name, url }: { readonly name: string; readonly url: string },
  silentMs: number | undefined,
  error: unknown,
): { readonly fault: RelayFault; readonly outcome: keyof RelayOutcomes } {
  const who = `the cluster ${name} (${url})`;
  if (silentMs !== undefined) {
    const message = `${who} has not answered within ${silentMs / 1000} s`;
    return { fault: { status: 504, code: 'cluster-silent', message }, outcome: 'timed-out' };
  }
  if (error instanceof UnfitAnswer)
    return { fault: { status: 502, code: 'answer-unfit', message: `${who} ${error.message}` }, outcome: 'unfit' };
  const message = `${who} cannot be reached: ${messageOf(error)}`;
  return { fault: { status: 502, code: 'cluster-unreachable', message }, outcome: 'unreachable' };
}
