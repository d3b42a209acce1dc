import { describe, expect, test } from '@jest/globals';
import { Sequence } from '../../../src/gossip/core/sequence.js';

describe('sequence numbers', () => {
  test('start at 1 and rise', () => {
    const sequence = new Sequence();
    expect([sequence.next(), sequence.next(), sequence.next()]).toEqual([1, 2, 3]);
  });
});
