import { describe, expect, test } from '@jest/globals';
import { Once } from '../../../src/gossip/core/once.js';

describe('once', () => {
  test('knows what it was asked before, up to its capacity', () => {
    const once = new Once(2);
    expect(['a', 'a', 'b', 'a', 'c', 'b', 'a'].map((key) => once.isNew(key))).toEqual([
      true,
      false,
      true,
      false,
      true,
      false,
      true,
    ]);
  });
});
