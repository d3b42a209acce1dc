import { expect, test } from '@jest/globals';
import { BoundedLog } from '../../../src/gossip/core/bounded-log.js';

interface Line {
  readonly message: string;
  readonly facts: unknown;
}

function recorded(): { readonly lines: Line[]; readonly log: BoundedLog } {
  const lines: Line[] = [];
  const keep = (message: string, facts: unknown): void => void lines.push({ message, facts });
  return { lines, log: new BoundedLog({ info: keep, warn: keep }) };
}

test('a flood of news is told up to 50 lines a second, then only how much was left out', () => {
  const { lines, log } = recorded();
  for (let i = 0; i < 120; i += 1) log.info(5000, 'a member joined', { i });
  expect(lines).toHaveLength(50);
  log.warn(5999, 'two members claim the same name', {});
  expect(lines).toHaveLength(50);
  log.warn(6000, 'two members claim the same name', {});
  expect(lines.slice(50)).toEqual([
    { message: 'more news of members within a second than are told', facts: { untold: 71 } },
    { message: 'two members claim the same name', facts: {} },
  ]);
});

test('what comes at its ordinary pace is told line by line', () => {
  const { lines, log } = recorded();
  for (let i = 0; i < 200; i += 1) log.info(i * 100, 'a member joined', { i });
  expect(lines.map(({ facts }) => facts)).toEqual(Array.from({ length: 200 }, (_, i) => ({ i })));
});
