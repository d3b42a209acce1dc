import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readRequestPath } from '../../src/http/request-path.js';

describe('the path of a request', () => {
  test.each([
    ['/', '/'],
    ['/services.json', '/services.json'],
    ['/services%2Ejson', '/services.json'],
    ['/services/a%2Fb.json', '/services/a/b.json'],
    ['/services/a%252Fb.json', '/services/a%252Fb.json'],
    ['/services/%C3%A9.json', '/services/%C3%A9.json'],
    ['/services/\u00c3\u00a9.json', '/services/%C3%A9.json'],
    ['/services/%FF.json', '/services/%EF%BF%BD.json'],
    ['/a%3Fb%23c', '/a%3Fb%23c'],
    ['/services/', '/services/'],
    ['http://agent:7777/services.json', '/services.json'],
  ])('%s is %s', (target, path) => {
    expect(readRequestPath(target)).toEqual({ kind: 'clean', path, query: '' });
  });

  test('the query is kept apart and untouched', () => {
    const target = '/watch?by_service=false&x=%zz//..';
    expect(readRequestPath(target)).toEqual({ kind: 'clean', path: '/watch', query: '?by_service=false&x=%zz//..' });
  });

  test.each([
    ['//services.json', '/services.json'],
    ['/a//b', '/a/b'],
    ['/a/../services.json?x=1', '/services.json?x=1'],
    ['/../../etc/passwd', '/etc/passwd'],
    ['/%2e%2e/state.json', '/state.json'],
    ['/a/./b/', '/a/b/'],
    ['//evil.example/', '/evil.example/'],
    ["/./a'<b>", '/a%27%3Cb%3E'],
    ['', '/'],
    ['*', '/%2A'],
  ])('%s has moved to %s', (target, location) => {
    expect(readRequestPath(target)).toEqual({ kind: 'moved', location });
  });

  test.each(['/%', '/a%2', '/%zz', '/services/%G0.json'])('%s is malformed', (target) => {
    expect(readRequestPath(target)).toEqual({ kind: 'malformed' });
  });

  test('wherever a path has moved to, it is clean there, and never another host', () => {
    const piece = fc.constantFrom('/', '.', '..', '//', '%2F', '%2e', 'a', '%', '%25', 'é', '?', '#', '*', "'", '%00');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const first = readRequestPath(pieces.join(''));
        if (first.kind !== 'moved') return;
        expect(first.location).toMatch(/^\/(?!\/)/);
        const [path] = first.location.split('?');
        expect(readRequestPath(path!)).toEqual({ kind: 'clean', path, query: '' });
      }),
    );
  });
});
