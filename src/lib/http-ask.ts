import type { Millis } from './ports.js';

export interface HttpQuestion {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
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

/** Asks once, with an empty body, follows no redirect, never rejects. */
export type HttpAsk = (question: HttpQuestion, limits: HttpAskLimits) => Promise<HttpAnswer>;
