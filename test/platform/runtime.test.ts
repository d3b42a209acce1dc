import { runInNewContext } from 'node:vm';
import { setFlagsFromString } from 'node:v8';
import { expect, test } from '@jest/globals';
import { memoryUse, onGarbageCollection } from '../../src/platform/runtime.js';
import { until } from '../support/until.js';

test('garbage collections are told with what they took, until that is ended', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const took: number[] = [];
  const end = onGarbageCollection((ms) => took.push(ms));
  collect();
  await until('a collection is told', () => took.length > 0);
  expect(took.every((ms) => ms >= 0 && ms < 60_000)).toBe(true);
  end();
});

test('what is used of the memory is told in bytes', () => {
  const { heapUsedBytes, residentBytes } = memoryUse();
  expect(heapUsedBytes).toBeGreaterThan(1024 * 1024);
  expect(residentBytes).toBeGreaterThan(heapUsedBytes);
});
