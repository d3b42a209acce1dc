import type { Result } from '../lib/result.js';
import type { RecordFault } from '../service/decode-service.js';
import { decodeWholeState, wholeStateOf, type State } from '../service/state-codec.js';

/** What another Sidecar says that it believes: of any version of it, in answer to a question or in its own words. */
export interface UpstreamState {
  /** Only records that may enter the catalog. */
  readonly state: State;
  /** One for each record, server or field that could not be read. */
  readonly faults: readonly RecordFault[];
}

/**
 * Reads the body of `/state.json` (contract section 7.5). Each record is checked as one that comes by gossip, and a bad one is refused
 * alone.
 *
 * @returns refused as a whole when it is longer than 20 MiB, no JSON object, or has no `Servers`
 */
export const decodeUpstreamState = (body: string | Uint8Array): Result<UpstreamState, RecordFault> =>
  decodeWholeState(body);

/** The same for one that is parsed already: the `State` of an update that a Sidecar posts (contract section 8.1). */
export const upstreamStateOf = (value: unknown): Result<UpstreamState, RecordFault> => wholeStateOf(value);
