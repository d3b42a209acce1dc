import { describe, expect, test } from '@jest/globals';
import { Departed } from '../../../src/discovery/docker/departed.js';

const ids = (containers: readonly unknown[]): readonly unknown[] =>
  containers.map((one) => (one as { Id: unknown }).Id);

describe('containers that died', () => {
  test('are left out of lists for 10 s, and whatever has no id is left in', () => {
    const departed = new Departed();
    const list = [{ Id: 'a' }, { Id: 'b' }, {}, { Id: 7 }];
    departed.died('a', 0);
    expect(ids(departed.without(list, 9_999))).toEqual(['b', undefined, 7]);
    expect(departed.without(list, 10_000)).toEqual(list);
  });

  test('are remembered up to 10,000: those that died first are forgotten', () => {
    const departed = new Departed();
    for (let i = 0; i <= 10_000; i += 1) departed.died(String(i), i / 100_000);
    expect(ids(departed.without([{ Id: '0' }, { Id: '1' }, { Id: '10000' }], 1))).toEqual(['0']);
  });

  test('count from their last death', () => {
    const departed = new Departed();
    departed.died('a', 0);
    departed.died('b', 1_000);
    departed.died('a', 5_000);
    expect(ids(departed.without([{ Id: 'a' }, { Id: 'b' }], 12_000))).toEqual(['b']);
  });
});
