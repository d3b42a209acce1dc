import { describe, expect, test } from '@jest/globals';
import { Beat } from '../../../src/gossip/core/beat.js';

describe('a beat', () => {
  test('is counted from start to start, however late it is looked at', () => {
    const beat = new Beat();
    beat.set(100);
    expect(beat.take(99, 50)).toBe(false);
    expect(beat.take(110, 50)).toBe(true);
    expect(beat.deadline).toBe(150);
  });

  test('does not make up for what was missed', () => {
    const beat = new Beat();
    beat.set(100);
    expect(beat.take(1000, 50)).toBe(true);
    expect(beat.take(1000, 50)).toBe(false);
    expect(beat.deadline).toBe(1050);
  });

  test('can be hastened, and is never put off by that', () => {
    const beat = new Beat();
    beat.set(100);
    beat.hasten(80);
    beat.hasten(90);
    expect(beat.deadline).toBe(80);
  });
});
