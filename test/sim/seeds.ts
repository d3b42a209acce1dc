import { expect, test } from '@jest/globals';
import { simulate, type Scenario } from './simulate.js';

/** One test for each seed of `count` from `first` on. @param file in which they are: a failure tells how to run that one again */
export function testSeeds(name: string, scenario: Scenario, first: number, count: number, file: string): void {
  const seeds = Array.from({ length: count }, (_, index) => first + index);
  test.each(seeds)(`${name}, seed %i: no invariant is violated`, (seed) => {
    const { violations } = simulate(scenario, seed);
    const replay =
      `node --experimental-vm-modules node_modules/jest/bin/jest.js --selectProjects unit simulation ` +
      `--runTestsByPath ${file} -t '${name}, seed ${seed}:'`;
    expect({ violations, replay }).toEqual({ violations: [], replay });
  });
}
