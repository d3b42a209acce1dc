import { beforeEach, describe, expect, test } from '@jest/globals';
import { Cookies } from '../../src/listeners/cookies.js';

const NOW = Date.parse('2026-11-22T11:00:00Z');
let cookies: Cookies;
beforeEach(() => {
  cookies = new Cookies('own', '"h1 x"');
});

describe('the cookies of a listener', () => {
  test('its own comes first, then those it was given, each with its last value', () => {
    for (const text of ['srv=a; Path=/; HttpOnly', 'other=1', 'srv=b']) cookies.take(text, NOW);
    expect(cookies.text).toBe('own="h1 x"; srv=b; other=1');
  });

  test.each([
    ['srv=; Max-Age=0', false],
    ['srv=x; max-age=-1', false],
    ['srv=x; Expires=Sun, 22 Nov 2026 10:59:59 GMT', false],
    ['srv=x; Expires=Sun, 22 Nov 2026 11:00:01 GMT', true],
    ['srv=x; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=60', true],
    ['srv=x; Expires=never', true],
  ])('one with an end in the past is deleted: %s', (text, isKept) => {
    cookies.take('srv=a', NOW);
    cookies.take(text, NOW);
    expect(cookies.text.includes('srv=')).toBe(isKept);
  });

  test.each(['', '=x', 'na me=x', 'no value', `long=${'x'.repeat(5000)}`])('what is none is left out: %s', (text) => {
    cookies.take(text, NOW);
    expect(cookies.text).toBe('own="h1 x"');
  });

  test('a value ends where it could not be sent back', () => {
    cookies.take('srv=a\r\nX-Evil: 1', NOW);
    expect(cookies.text).toBe('own="h1 x"; srv=a');
  });

  test('of more than 50 the further ones are left out, and known ones go on', () => {
    for (let n = 0; n < 100; n += 1) cookies.take(`c${n}=1`, NOW);
    cookies.take('c0=2', NOW);
    expect([cookies.text.split('; ').length, cookies.text.includes('c0=2'), cookies.text.includes('c49=')]).toEqual([
      50,
      true,
      false,
    ]);
  });
});
