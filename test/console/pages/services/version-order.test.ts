import { describe, expect, test } from '@jest/globals';
import { compareVersions, inOrder } from '../../../../src/console/pages/services/version-order.js';

test.each([
  ['1.9', '1.10', -1],
  ['v2.0', '2.0', 0],
  ['2.0-rc.2', '2.0', -1],
  ['2.0', '2.0-rc.2', 1],
  ['2.0-rc.2', '2.0-rc.10', -1],
  ['7', '7', 0],
  ['7', '3fa90c', undefined],
  ['latest', '7', undefined],
])('%s compared with %s', (a, b, expected) => {
  expect(compareVersions(a, b)).toBe(expected);
});

describe('the order of versions', () => {
  const order = (...versions: readonly (readonly [string, ...(number | undefined)[]])[]): string => {
    const found = inOrder(versions.map(([version, ...created]) => ({ version, image: `web:${version}`, created })));
    return found.versions.map(({ version }) => version).join(found.isSure ? '→' : ' / ');
  };

  test('is that in which they were made', () => {
    expect(order(['1.10', 30, 40], ['1.9', 10, 20])).toBe('1.9→1.10');
    expect(order(['b', 10], ['a', 30], ['c', 20])).toBe('b→c→a');
  });

  test('is a guess by their numbers where the times tell nothing', () => {
    expect(order(['1.10', 10], ['1.9', 10])).toBe('1.9 / 1.10');
    expect(order(['1.10', undefined], ['1.9', 10])).toBe('1.9 / 1.10');
    expect(order(['1.10', 10, 30], ['1.9', 20])).toBe('1.9 / 1.10');
  });

  test('is a guess where times and numbers do not agree', () => {
    expect(order(['1.10', 10], ['1.9', 20])).toBe('1.10 / 1.9');
  });

  test('is a guess by age where there are neither times that tell nor numbers', () => {
    expect(order(['b', 10, 30], ['a', 20])).toBe('b / a');
  });
});
