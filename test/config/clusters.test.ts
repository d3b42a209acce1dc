import { describe, expect, test } from '@jest/globals';
import { load, loaded, problemsOf, type World } from './load-from.js';

const clustersOf = (world: World): unknown => loaded(world).settings.console.clusters;
const inFile = (name: string, url: string): World => ({
  toml: `console.clusters = [{ name = "${name}", url = "${url}" }]`,
});

describe('other clusters', () => {
  test('are read from a file and from the environment alike', () => {
    const both = [
      { name: 'eu', url: 'http://a:7777' },
      { name: 'us', url: 'https://b:7777' },
    ];
    const toml = 'console.clusters = [{ name = "eu", url = "http://a:7777" }, { name = "us", url = "https://b:7777" }]';
    expect(clustersOf({ toml })).toEqual(both);
    expect(clustersOf({ toml: '', env: { CONSOLE_CLUSTERS: 'eu=http://a:7777,us=https://b:7777' } })).toEqual(both);
  });

  test.each([
    ['HTTP://A', 'http://a'],
    ['http://a:80/', 'http://a'],
    ['https://a:8443/sidecar/', 'https://a:8443/sidecar'],
    ['http://[::1]:7777', 'http://[::1]:7777'],
    ['http://a/x/../y//', 'http://a/y'],
  ])('are asked at %s as %s', (given, url) => {
    expect(clustersOf(inFile('eu', given))).toEqual([{ name: 'eu', url }]);
  });

  test.each(['a', 'A-1_b.c', '...', 'x'.repeat(64)])('may be named %s', (name) => {
    expect(problemsOf(inFile(name, 'http://a'))).toEqual([]);
  });

  test.each(['.', '..', 'a/b', 'a b', 'ä', 'a%2f', 'x'.repeat(65)])('may not be named %s', (name) => {
    expect(problemsOf(inFile(name, 'http://a'))).toEqual(['CLUSTER_LABEL_INVALID']);
  });

  test.each([
    'a:7777',
    'http:a',
    'http://',
    'http://a:0',
    'http://a:x',
    'http://a?x',
    'http://a#x',
    'http://a b',
    'file:///a',
  ])('are not asked at %s', (url) => {
    expect(problemsOf(inFile('eu', url))).toEqual(['CLUSTER_URL_INVALID']);
  });

  test.each(['http://me@a', 'http://me:hush@a', 'http://:hush@a'])('bring no credentials, as in %s', (url) => {
    const result = load(inFile('eu', url));
    expect(result.ok ? '' : result.problems.map(({ message }) => message).join()).toBe(
      'sidecar.toml: console.clusters[0] is a URL with a user name or password, ' +
        'expected http:// or https:// with a host, perhaps a port and a path, and nothing else',
    );
  });

  test('are at most 32', () => {
    const of = (count: number): World => ({
      toml: '',
      env: { CONSOLE_CLUSTERS: Array.from({ length: count }, (_, i) => `c${i}=http://a`).join() },
    });
    expect([problemsOf(of(32)), problemsOf(of(33))]).toEqual([[], ['LIST_LENGTH']]);
  });
});
