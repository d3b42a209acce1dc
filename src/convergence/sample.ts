import { createHash } from 'node:crypto';
import type { Millis } from '../lib/ports.js';
import type { Service } from '../service/service.js';

/** How long one change took to one proxy. */
export interface Sample {
  /** Which change, 24 bits: the same on every host. */
  readonly key: number;
  readonly delayMs: Millis;
}

export const SAMPLE_BYTES = 4;

const SHORTEST_MS: Millis = 2;
/** What took longer is told as this. */
export const LONGEST_MS: Millis = 300_000;
const LAST_STEP = 255;
/** Each step is 4.8 % longer than the one before, so that a delay is told to 2.4 %. */
const STEP = Math.log(LONGEST_MS / SHORTEST_MS) / LAST_STEP;
/** The rounds of one announcement are 50 ns apart (PROTOCOL 19.5); this keeps them together but for one in 5,000. */
const KEY_NS = 1_000_000n;

/** Names one change of a record: made by its origin at that millisecond. */
export function changeKey({ hostname, id, updated }: Pick<Service, 'hostname' | 'id' | 'updated'>): number {
  const change = JSON.stringify([hostname, id, String(updated / KEY_NS)]);
  return createHash('sha256').update(change).digest().readUIntBE(0, 3);
}

/** Four bytes each: the key, and the delay on a logarithmic scale of 2 ms to 5 min. */
export function encodeSamples(samples: readonly Sample[]): Buffer {
  const bytes = Buffer.alloc(samples.length * SAMPLE_BYTES);
  for (const [i, { key, delayMs }] of samples.entries()) {
    bytes.writeUIntBE(key, i * SAMPLE_BYTES, 3);
    bytes.writeUInt8(stepOf(delayMs), i * SAMPLE_BYTES + 3);
  }
  return bytes;
}

/** Any bytes are samples; what is left over at their end is none. */
export function decodeSamples(bytes: Buffer): readonly Sample[] {
  return Array.from({ length: Math.floor(bytes.length / SAMPLE_BYTES) }, (_, i) => {
    const at = i * SAMPLE_BYTES;
    return { key: bytes.readUIntBE(at, 3), delayMs: SHORTEST_MS * Math.exp(STEP * bytes.readUInt8(at + 3)) };
  });
}

function stepOf(delayMs: Millis): number {
  const step = Math.round(Math.log(Math.max(delayMs, SHORTEST_MS) / SHORTEST_MS) / STEP);
  return Math.min(step, LAST_STEP);
}
