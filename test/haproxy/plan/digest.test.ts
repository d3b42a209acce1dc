import { expect, test } from '@jest/globals';
import { configDigest } from '../../../src/haproxy/plan/digest.js';

test('a text is named by the first 16 digits of its SHA-256', () => {
  expect(configDigest('abc')).toBe('ba7816bf8f01cfea');
});
