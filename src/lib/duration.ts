import type { Millis } from './ports.js';
import { ok, refused, type Result } from './result.js';

const UNIT_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};
const PART = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)/gy;
const NS_PER_MS = 1e6;
const MAX_MS = 2 ** 63 / NS_PER_MS;

/**
 * Reads a duration as Go writes it: `20s`, `1m30s`, `200ms`, `1.5h`, `0`.
 *
 * @returns milliseconds, >= 0, to the nanosecond; or what is wrong with the text: `SYNTAX`, `NEGATIVE`, `TOO_LONG` (over 292 years, as in Go)
 */
export function parseDuration(text: string): Result<Millis, 'SYNTAX' | 'NEGATIVE' | 'TOO_LONG'> {
  const unsigned = text.replace(/^[+-]/, '');
  if (unsigned === '0') return ok(0);
  let total = 0;
  let end = 0;
  for (const match of unsigned.matchAll(PART)) {
    total += Number(match[1]) * (UNIT_MS[match[2] ?? ''] ?? Number.NaN);
    end = match.index + match[0].length;
  }
  if (unsigned === '' || end !== unsigned.length || Number.isNaN(total)) return refused('SYNTAX');
  if (text.startsWith('-') && total > 0) return refused('NEGATIVE');
  if (total >= MAX_MS) return refused('TOO_LONG');
  return ok(Math.round(total * NS_PER_MS) / NS_PER_MS); // 1.001 * 1000 is a little less than 1001
}

/** Writes milliseconds as Go does: `1m30s`, `200ms`, `0s`. Below a millisecond it falls back to `µs`. */
export function formatDuration(ms: Millis): string {
  if (ms === 0) return '0s';
  if (ms < 1) return `${Number((ms * 1000).toFixed(3))}µs`;
  if (ms < 1000) return `${Number(ms.toFixed(6))}ms`;
  const hours = Math.floor(ms / 3_600_000);
  const minutes = Math.floor((ms % 3_600_000) / 60_000);
  const seconds = Number(((ms % 60_000) / 1000).toFixed(9));
  return `${hours > 0 ? `${hours}h` : ''}${hours > 0 || minutes > 0 ? `${minutes}m` : ''}${seconds}s`;
}
