import { beforeEach, describe, expect, test } from '@jest/globals';
import { Catalog } from '../../src/catalog/catalog.js';
import type { DeliveryFault } from '../../src/listeners/delivery.js';
import { Poster } from '../../src/listeners/poster.js';
import { record } from '../support/records.js';
import { FakeClock, fakeWall } from '../support/time.js';
import { answered, HttpDouble, OUT_OF_REACH, SILENT } from './support.js';

const URL_OF_IT = 'http://10.0.0.1:7778/update';
let http: HttpDouble;
let clock: FakeClock;
let poster: Poster;

beforeEach(() => {
  http = new HttpDouble();
  clock = new FakeClock();
  const catalog = new Catalog({ clusterName: 'test', hostname: 'h1' }, clock);
  poster = new Poster(URL_OF_IT, 'h1', { catalog, send: http.send, clock, wall: fakeWall(clock) });
});

const post = (): Promise<DeliveryFault | undefined> =>
  poster.post({ service: record(), previousStatus: 3, time: 0n }, new AbortController().signal);

describe('an event that is posted', () => {
  test.each([200, 202, 204, 299])('is taken with %i', async (status) => {
    http.answer = () => answered(status);
    expect(await post()).toBeUndefined();
  });

  test.each([100, 300, 304, 400, 404, 500, 503])('is not taken with %i', async (status) => {
    http.answer = () => answered(status);
    expect(await post()).toEqual({ words: `answered ${status}`, hasConnected: true, isRefusal: true });
  });

  test('is not taken when nobody is there, or says nothing', async () => {
    http.answer = () => OUT_OF_REACH;
    expect(await post()).toEqual({ words: 'connect ECONNREFUSED', hasConnected: false, isRefusal: false });
    http.answer = () => SILENT;
    expect(await post()).toEqual({ words: 'no answer within 3000 ms', hasConnected: true, isRefusal: false });
  });

  test.each([
    [301, 'GET', false],
    [302, 'GET', false],
    [303, 'GET', false],
    [307, 'POST', true],
    [308, 'POST', true],
  ])('is followed on %i by a %s to the new place', async (status, method, hasBody) => {
    http.answer = ({ url }) => (url === URL_OF_IT ? answered(status, '/moved?x=1') : answered(200));
    expect(await post()).toBeUndefined();
    const [first, second] = http.received;
    expect(second).toMatchObject({ method, url: 'http://10.0.0.1:7778/moved?x=1', body: hasBody ? first?.body : '' });
    expect('Content-Type' in (second?.headers ?? {})).toBe(hasBody);
  });

  test.each([undefined, 'http://[', 'file:///etc/passwd'])('goes nowhere on a redirect to %s', async (location) => {
    http.answer = () => answered(307, location);
    expect(await post()).toMatchObject({ words: 'answered 307' });
    expect(http.received).toHaveLength(1);
  });

  test('is given up in a circle of redirects after ten of them', async () => {
    http.answer = () => answered(308, URL_OF_IT);
    expect(await post()).toEqual({ words: 'redirects more than 10 times', hasConnected: true, isRefusal: true });
    expect(http.received).toHaveLength(11);
  });

  test('a place out of reach behind a redirect does not make the listener one', async () => {
    http.answer = ({ url }) => (url === URL_OF_IT ? answered(307, 'http://away/') : OUT_OF_REACH);
    expect(await post()).toMatchObject({ hasConnected: true });
  });

  test('all redirects share one time', async () => {
    const left: number[] = [];
    const { send } = http;
    const slow = new Poster(URL_OF_IT, 'h1', {
      ...{ catalog: new Catalog({ clusterName: 'test', hostname: 'h1' }, clock), clock, wall: fakeWall(clock) },
      send: async (message, limits) => {
        left.push(limits.timeoutMs);
        await clock.advance(1000);
        return send(message, limits);
      },
    });
    http.answer = () => (left.length < 3 ? answered(307, URL_OF_IT) : answered(200));
    await slow.post({ service: record(), previousStatus: 3, time: 0n }, new AbortController().signal);
    expect(left).toEqual([3000, 2000, 1000]);
  });

  test('brings the cookies that it was given, and to no other host', async () => {
    http.answer = ({ url }) =>
      url === URL_OF_IT ? answered(307, 'http://other/', ['srv=a; Path=/']) : answered(200, undefined, ['evil=1']);
    await post();
    await post();
    const cookies = http.received.map(({ headers }) => headers['Cookie']);
    const own = 'sidecar-session-host="h1-2023-11-14 22:13:20 +0000 UTC"';
    expect(cookies).toEqual([own, undefined, `${own}; srv=a`, undefined]);
  });
});
