import { refused } from '../../lib/result.js';

/** Why something from the wire is refused. The words are stable: they are keys of counters. */
export type WireFaultCode =
  /** There is nothing in it. */
  | 'EMPTY'
  /** It ends too early. */
  | 'TRUNCATED'
  /** More bytes, values or messages than the limit. */
  | 'TOO_LARGE'
  /** Too many wrappers around each other. */
  | 'TOO_DEEP'
  | 'UNKNOWN_TYPE'
  /** A known type, but not one for this place. */
  | 'MISPLACED_TYPE'
  /** Not msgpack, or no map where a message has one. */
  | 'BAD_MSGPACK'
  /** A field holds another kind of value. */
  | 'WRONG_KIND'
  /** An integer that its field must not hold. */
  | 'OUT_OF_RANGE'
  | 'NOT_UTF8'
  /** Version numbers that are not six bytes. */
  | 'BAD_VSN'
  | 'UNKNOWN_COMPRESSION'
  | 'BAD_COMPRESSION'
  | 'BAD_CHECKSUM'
  /** Encrypted, but there is no key to open it. */
  | 'NO_KEY'
  /** Plain, but only encrypted is taken. */
  | 'NOT_ENCRYPTED'
  /** No key opens it. */
  | 'BAD_ENCRYPTION';

export interface WireFault {
  readonly code: WireFaultCode;
  /** For people; short, and free of what came in. */
  readonly detail: string;
}

/** A refusal with its reason. */
export const refusedAs = (code: WireFaultCode, detail: string): { readonly ok: false; readonly fault: WireFault } =>
  refused({ code, detail });
