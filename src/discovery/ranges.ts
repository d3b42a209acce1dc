import { parseDuration } from '../lib/duration.js';
import type { Millis } from '../lib/ports.js';
import { MAX_SLOW_START_MS, MAX_WEIGHT } from '../service/service.js';

/** What a number may be, whether a label or a file says it. */
export interface IntegerRange {
  readonly min: number;
  readonly max: number;
}

export interface DurationRange {
  readonly minMs: Millis;
  readonly maxMs: Millis;
  /** For the end of a sentence. */
  readonly words: string;
}

/** `HealthCheckRise` and `HealthCheckFall`: results in a row. */
export const COUNT: IntegerRange = { min: 1, max: 1_000 };
export const WEIGHT: IntegerRange = { min: 0, max: MAX_WEIGHT };
/** A ServicePort; 0 is none. */
export const SERVICE_PORT: IntegerRange = { min: 0, max: 65_535 };

export const INTERVAL: DurationRange = { minMs: 100, maxMs: 86_400_000, words: 'a duration from 100ms to 24h' };
export const TIMEOUT: DurationRange = { minMs: 1, maxMs: 3_600_000, words: 'a duration from 1ms to 1h' };
export const SLOW_START: DurationRange = { minMs: 0, maxMs: MAX_SLOW_START_MS, words: 'a duration from 0s to 1h' };

/** The most characters of check arguments. */
export const MAX_ARGS = 16_384;
/** Characters; far beyond what any duration needs. */
const MAX_DURATION = 100;

export const wordsOf = ({ min, max }: IntegerRange): string => `an integer from ${min} to ${max}`;

/** @returns undefined for what is no integer or outside of the range */
export const integerIn = (value: number, { min, max }: IntegerRange): number | undefined =>
  Number.isInteger(value) && value >= min && value <= max ? value : undefined;

/** @returns undefined for what is no duration as `parseDuration` reads them, or outside of the range */
export function durationIn(text: string, { minMs, maxMs }: DurationRange): Millis | undefined {
  const parsed = text.length <= MAX_DURATION ? parseDuration(text) : undefined;
  return parsed?.ok && parsed.value >= minMs && parsed.value <= maxMs ? parsed.value : undefined;
}
