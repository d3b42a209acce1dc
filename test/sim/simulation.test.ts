import { describe, expect, test } from '@jest/globals';
import { fairWeather, storm } from './scenarios.js';
import { testSeeds } from './seeds.js';
import { simulate } from './simulate.js';

const FILE = 'test/sim/simulation.test.ts';

// Some seeds of 100 machines each are in test/full.
describe('a cluster', () => {
  testSeeds('storm over 100 machines', storm(100), 1000, 1, FILE);
  testSeeds('storm over 30 machines', storm(30), 1, 2, FILE);
  testSeeds('fair weather over 30 machines', fairWeather(30), 1, 2, FILE);
});

test('a seed replays a run exactly; another one gives another', () => {
  const run = (seed: number): string => simulate(storm(10), seed).fingerprint;
  expect(run(5)).toBe(run(5));
  expect(run(6)).not.toBe(run(5));
});
