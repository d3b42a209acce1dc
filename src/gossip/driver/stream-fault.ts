import { messageOf } from '../../lib/fault.js';
import type { MergeFault } from '../core/exchange.js';
import type { WireFaultCode } from '../wire/wire-fault.js';
import type { AbortReason } from './deadlines.js';

/** Why a stream did not bring what it was opened for. The codes are stable: they are keys of counters. */
export interface StreamFault {
  readonly code:
    | WireFaultCode
    /** The system refused or broke the connection. */
    | 'CONNECTION'
    | 'TIMED_OUT'
    /** The other side said why it refuses. */
    | 'REFUSED'
    /** A message, but not one for this place. */
    | 'UNEXPECTED'
    /** Too many bytes or exchanges at once. */
    | 'OVERLOADED'
    /** The states of both sides do not go together. */
    | MergeFault['code']
    /** Our own keys could not be read yet. */
    | 'LOCKED'
    /** It is our own. */
    | 'OURSELVES'
    /** This node is stopping. */
    | 'STOPPED';
  /** In words, without the address. */
  readonly detail: string;
}

/** What was thrown while a stream ran under `signal` of `Deadlines`. */
export function faultOf(error: unknown, signal: AbortSignal): StreamFault {
  if (!signal.aborted) return { code: 'CONNECTION', detail: messageOf(error) };
  return (signal.reason as AbortReason) === 'stopped'
    ? { code: 'STOPPED', detail: 'this node is stopping' }
    : { code: 'TIMED_OUT', detail: 'it did not end in time' };
}

/** Whether the keys of both sides differ. */
export const isOfKeys = ({ code }: StreamFault): boolean =>
  code === 'NO_KEY' || code === 'NOT_ENCRYPTED' || code === 'BAD_ENCRYPTION';
