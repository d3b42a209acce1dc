import { describe, expect, test } from '@jest/globals';
import { sectionOwners } from '../../src/haproxy/section-owners.js';

const owners = sectionOwners([
  { name: 'Web_App', ports: [{ servicePort: 80 }, { servicePort: 81 }] },
  { name: 'db', ports: [{ servicePort: 5432 }] },
]);

const text = [
  'global', //                  1
  '\tmaxconn 10', //           2
  '', //                       3
  'frontend -eb--pp-81', //    4
  '\tbind :81', //             5
  '\tdefault_backend db-5432', // 6
  'backend db-5432', //        7
  '\tserver a 10.0.0.1:1', //  8
  'backend by-hand', //        9
  '\tserver b 10.0.0.1:1', // 10
].join('\n');

describe('a section belongs to a service', () => {
  test.each([
    [4, 'Web_App'],
    [6, 'Web_App'],
    [7, 'db'],
    [8, 'db'],
  ])('by the proxy name above line %d', (line, owner) => {
    expect(owners.ofLine(text, line)).toBe(owner);
  });

  test.each([0, 2, 3, 9, 10, 99])('and line %d to none', (line) => {
    expect(owners.ofLine(text, line)).toBeUndefined();
  });

  test('by its name alone', () => {
    expect(owners.ofProxy('-eb--pp-80')).toBe('Web_App');
    expect(owners.ofProxy('-eb--pp-82')).toBeUndefined();
  });
});
