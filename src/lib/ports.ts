/** Milliseconds on a monotonic scale with no meaning outside this process. Wall time is another type: `Timestamp`, in nanoseconds. */
export type Millis = number;

/** The only way to know that time passes. `src/platform/clock.ts` is the real one; tests bring their own. */
export interface Clock {
  now(): Millis;
  /** Calls `act` once, `delayMs` from now (>= 0); returns its cancel, which is harmless when called late or twice. */
  after(delayMs: Millis, act: () => void): () => void;
}

/** Wall time for records that other hosts compare with theirs. */
export interface WallClock {
  /** Nanoseconds since 1970-01-01 UTC; each call returns more than the one before, unless the system's clock was set back. */
  nowNs(): bigint;
}

export interface Random {
  /** Uniform integer in [0, n); n is a positive integer. */
  below(n: number): number;
}
