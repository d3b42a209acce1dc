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
