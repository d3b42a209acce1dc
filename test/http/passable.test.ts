import { describe, expect, test } from '@jest/globals';
import { askedHeaders, passableHead, PASSABLE_PATHS } from '../../src/http/passable.js';

type Headers = Readonly<Record<string, string>>;

const headOf = (status: number, headers: Headers, path = '/state.json'): ReturnType<typeof passableHead> =>
  passableHead(path, { status, header: (name) => headers[name], read: () => Promise.resolve(undefined) });

const JSON_TYPE = { 'content-type': 'application/json' };

describe('the paths that are passed on', () => {
  test('lead to no further clusters, and change nothing', () => {
    expect(PASSABLE_PATHS.filter((path) => /clusters|drain|forget|leave|plan|watch/.test(path))).toEqual([]);
  });
});

describe('what another cluster hears', () => {
  test('is what it needs for its answer, and that somebody else reads it', () => {
    const given: Headers = {
      ...{ Accept: 'a', 'Accept-Encoding': 'gzip', 'If-None-Match': '"1"', 'Last-Event-ID': '7' },
      ...{ Authorization: 'Bearer x', Cookie: 'a=b', Host: 'h', Origin: 'o', Referer: 'r', Range: 'bytes=0-1' },
    };
    expect(askedHeaders((name) => given[name] ?? '')).toEqual({
      ...{ Accept: 'a', 'Accept-Encoding': 'gzip', 'If-None-Match': '"1"', 'Last-Event-ID': '7' },
      ...{ 'User-Agent': 'sidecar', Via: '1.1 sidecar' },
    });
  });

  test('is nothing that the reader has not said', () => {
    expect(askedHeaders(() => '')).toEqual({ 'User-Agent': 'sidecar', Via: '1.1 sidecar' });
  });
});

describe('what a reader hears', () => {
  test('is the type of the answer, what a cache needs, and the time there', () => {
    const date = 'Mon, 23 Nov 2026 12:00:00 GMT';
    const more = { 'content-length': '7', 'content-encoding': 'gzip', etag: '"1"', 'cache-control': 'no-cache', date };
    const unheard = { 'set-cookie': 'a=b', 'access-control-allow-origin': '*', location: '/', server: 'x' };
    expect(headOf(200, { ...JSON_TYPE, ...more, ...unheard })).toEqual({
      status: 200,
      headers: {
        ...{ 'Content-Type': 'application/json', 'Content-Encoding': 'gzip', ETag: '"1"', 'Cache-Control': 'no-cache' },
        ...{ 'Content-Length': '7', Date: date },
      },
      isEndless: false,
    });
  });

  test.each<readonly [number, Headers]>([
    [200, { 'content-type': 'Application/JSON; charset=utf-8' }],
    [404, { 'content-type': 'text/plain; charset=utf-8' }],
    [503, JSON_TYPE],
    [304, {}],
    [204, {}],
    [405, { 'content-length': '0' }],
    [200, { ...JSON_TYPE, 'content-length': '67108864' }],
  ])('may be a %d with %j', (status, headers) => {
    expect(headOf(status, headers)).toMatchObject({ status });
  });

  test.each<readonly [number, Headers, string]>([
    [301, JSON_TYPE, 'answered 301, which leads elsewhere'],
    [307, JSON_TYPE, 'answered 307, which leads elsewhere'],
    [101, JSON_TYPE, 'answered 101, which is no answer of an agent'],
    [600, JSON_TYPE, 'answered 600, which is no answer of an agent'],
    [200, { 'content-type': 'text/html' }, 'answered 200 with "text/html", which is no answer of an agent'],
    [404, { 'content-type': 'text/html; x' }, 'answered 404 with "text/html", which is no answer of an agent'],
    [200, {}, 'answered 200 with no type, which is no answer of an agent'],
    [200, { 'content-type': 'application/jsonx' }, 'answered 200 with "application/jsonx"'],
    [200, { 'content-type': 'text/event-stream' }, 'answered 200 with "text/event-stream"'],
    [200, { ...JSON_TYPE, 'content-length': '67108865' }, 'answered with more than 67108864 bytes'],
  ])('is not a %d with %j', (status, headers, sentence) => {
    expect(headOf(status, headers)).toContain(sentence);
  });

  test('is a stream without an end where events are asked for', () => {
    const head = headOf(200, { 'content-type': 'text/event-stream' }, '/api/events');
    expect(head).toMatchObject({ status: 200, isEndless: true });
  });
});
