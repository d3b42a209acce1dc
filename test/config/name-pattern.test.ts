import { describe, expect, test } from '@jest/globals';
import { compileNamePattern } from '../../src/config/name-pattern.js';

describe("an expression in Go's syntax", () => {
  test.each([
    ['^/(.+)-([a-f])$', '/web-a', 'web'],
    ['(?P<name>[a-z]+)-', '/web-1', 'web'],
    ['(?i)^/(WEB)', '/web-1', 'web'],
    ['\\A/([[:alpha:]]+)-[^[:alpha:]]\\z', '/web-1', 'web'],
    ['^/(.+)\\-1$', '/web-1', 'web'],
    ['/\\\\?([a-z]*)', '/web', 'web'],
  ])('%j finds in %j the name %j', (expression, container, name) => {
    const pattern = compileNamePattern(expression);
    expect(pattern.ok && pattern.value.exec(container)?.[1]).toBe(name);
  });

  test('matches \\z at the very end only, even with (?m)', () => {
    const pattern = compileNamePattern('(?m)(a)\\z');
    expect(pattern.ok && pattern.value.test('a\nb')).toBe(false);
  });

  test.each([
    ['^/(.+', 'REGEX_INVALID'],
    ['^/.+', 'REGEX_WITHOUT_GROUP'],
    ['^/(?:.+)', 'REGEX_WITHOUT_GROUP'],
    ['', 'REGEX_WITHOUT_GROUP'],
  ])('%j is refused with %s', (expression, fault) => {
    expect(compileNamePattern(expression)).toEqual({ ok: false, fault });
  });
});
