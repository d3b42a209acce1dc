import type { Millis } from './ports.js';

export interface HttpQuestion {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Sent as UTF-8; without it the body is empty. */
  readonly text?: string;
}

export interface HttpAskLimits {
  /** From the first look-up of the name to the last byte of the body. */
  readonly timeoutMs: Millis;
  /** A longer body is not read to its end. */
  readonly maxBodyBytes: number;
}

export type HttpAnswer =
  | { readonly outcome: 'answered'; readonly status: number; readonly body: string }
  /** `reason` holds the system's words. */
  | { readonly outcome: 'unreachable'; readonly reason: string }
  | { readonly outcome: 'timed-out' }
  | { readonly outcome: 'too-long' };

/** Asks once, follows no redirect, never rejects. */
export type HttpAsk = (question: HttpQuestion, limits: HttpAskLimits) => Promise<HttpAnswer>;

export interface HttpMessage {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  /** Sent in this order and no others, but for the credentials that the URL holds. */
  readonly headers: Readonly<Record<string, string>>;
  /** Sent one after the other; the bytes may be shared with other messages. */
  readonly body: readonly Uint8Array[];
}

export interface HttpSendLimits {
  /** From the first look-up of the name to the last byte of the answer's head. */
  readonly timeoutMs: Millis;
  /** Ends the connection, and with it the wait. */
  readonly signal: AbortSignal;
}

export type HttpReceipt =
  | {
      readonly outcome: 'answered';
      readonly status: number;
      readonly location: string | undefined;
      /** The values of `Set-Cookie`. */
      readonly cookies: readonly string[];
    }
  /** `reason` holds the system's words. */
  | { readonly outcome: 'unreachable'; readonly reason: string; readonly hasConnected: boolean }
  | { readonly outcome: 'timed-out'; readonly hasConnected: boolean };

/** Sends once and hangs up as soon as the head of the answer is there: its body counts for nothing. Follows no redirect, never rejects. */
export type HttpSend = (message: HttpMessage, limits: HttpSendLimits) => Promise<HttpReceipt>;
