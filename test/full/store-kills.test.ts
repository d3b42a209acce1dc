import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { StateWriter } from '../support/state-writer.js';
import { pause, until } from '../support/until.js';

const KILLS_EACH = 55;
const LANES = 4;
/** Some writes: a kill within falls into each part of one. */
const SPREAD_MS = 25;

const open: { destroy(): void }[] = [];

afterEach(() => {
  for (const each of open.splice(0)) each.destroy();
});

/** The same pseudo-random numbers in [0, n) each time (a linear congruential generator). */
function seeded(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return Math.floor((state / 2 ** 32) * n);
  };
}

/** Starts and kills one writer after the other in one directory. @returns how many kills came in the middle of a write */
async function lane(seed: number): Promise<number> {
  const directory = mkdtempSync(join(tmpdir(), 'sidecar-state-'));
  open.push({ destroy: () => rmSync(directory, { recursive: true, force: true }) });
  const below = seeded(seed);
  let kept = 0;
  let interrupted = 0;
  for (let kill = 0; kill < KILLS_EACH; kill += 1) {
    const writer = StateWriter.start(directory);
    try {
      const restored = await writer.untilReady();
      // The last one acknowledged, or the one after it, whose acknowledgment came too late.
      expect({ seed, kill, restored }).toEqual({ seed, kill, restored: restored > kept ? kept + 1 : kept });
      kept = restored;
      const writes = below(3);
      await until('it has written', () => writer.said('kept').length >= writes);
      await pause(below(SPREAD_MS)); // the moment of the kill is the point of the test
    } finally {
      await writer.end('SIGKILL');
    }
    expect({ seed, kill, warnings: writer.said('warning') }).toEqual({ seed, kill, warnings: [] });
    kept = Number(writer.said('kept').at(-1) ?? kept);
    const names = readdirSync(directory);
    if (names.some((name) => name.endsWith('.new'))) interrupted += 1;
    expect(names.length).toBeLessThanOrEqual(3);
  }
  return interrupted;
}

test('220 kills at random moments of continuous writing: each next start has the last state on disk, whole', async () => {
  const lanes = await Promise.allSettled(Array.from({ length: LANES }, (_, i) => lane(20_261_205 + i)));
  const interrupted = lanes.map((ended) => {
    if (ended.status === 'rejected') throw ended.reason;
    return ended.value;
  });
  // The test is worth its name only if many a kill came in the middle of a write.
  expect(interrupted.reduce((sum, kills) => sum + kills, 0)).toBeGreaterThan(20);
}, 120_000);
