import type { Millis } from './ports.js';

export interface ProbeLimits {
  /** After this long whatever the probe waits for is given up and closed. */
  readonly timeoutMs: Millis;
  readonly signal: AbortSignal;
}

/** What one look at an instance showed. */
export interface ProbeResult {
  readonly outcome: 'passed' | 'failed' | 'timed-out';
  /** What was seen, in words; bounded by who produces it. After an abort nobody reads it. */
  readonly output: string;
}

/** Asks `url` and passes on a final status of 200–299; never rejects. */
export type HttpProbe = (url: URL, limits: ProbeLimits) => Promise<ProbeResult>;

/** Passes when a TCP connection opens; never rejects. `host` is a name or an address without brackets. */
export type TcpProbe = (
  target: { readonly host: string; readonly port: number },
  limits: ProbeLimits,
) => Promise<ProbeResult>;
