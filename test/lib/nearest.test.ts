import { describe, expect, test } from '@jest/globals';
import { nearest } from '../../src/lib/nearest.js';

describe('the nearest word', () => {
  const words = ['docker', 'static', 'bind_ip', 'bind_port'];

  test.each([
    ['dokcer', 'docker'],
    ['Static', 'static'],
    ['bindip', 'bind_ip'],
    ['bind_prt', 'bind_port'],
    ['docker', 'docker'],
  ])('to %s is %s', (word, meant) => {
    expect(nearest(word, words)).toBe(meant);
  });

  test.each(['kubernetes', 'x', ''])('to %j is none', (word) => {
    expect(nearest(word, words)).toBeUndefined();
  });
});
