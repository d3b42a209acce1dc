import { expect, test } from '@jest/globals';
import { hrefOf, parseAddress } from '../../../src/console/hooks/address.js';

test('an address says the page, of what, and the filters, and goes there and back', () => {
  const href = hrefOf({ segments: ['services', 'a/b c'], query: { q: 'x=1&y', show: '', view: undefined } });
  expect(href).toBe('/ui/services/a%2Fb%20c?q=x%3D1%26y');
  const { pathname, search } = new URL(href, 'http://agent');
  expect(parseAddress(pathname, search)).toEqual({ segments: ['services', 'a/b c'], query: { q: 'x=1&y' } });
});

test.each([
  ['/ui', []],
  ['/ui/', []],
  ['/ui//services/', ['services']],
  ['/ui/services/100%', ['services', '100%']],
])('%s is read, whoever typed it', (pathname, segments) => {
  expect(parseAddress(pathname, '').segments).toEqual(segments);
});
