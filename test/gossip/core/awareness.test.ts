import { describe, expect, test } from '@jest/globals';
import { Awareness } from '../../../src/gossip/core/awareness.js';

describe('awareness', () => {
  test('stays between 0 and one below its maximum', () => {
    const awareness = new Awareness(8);
    awareness.add(-1);
    expect(awareness.score).toBe(0);
    awareness.add(100);
    expect(awareness.score).toBe(7);
    awareness.add(-2);
    expect(awareness.score).toBe(5);
  });
});
