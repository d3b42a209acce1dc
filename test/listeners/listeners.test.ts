import { afterEach, describe, expect, test } from '@jest/globals';
import { MAX_PENDING } from '../../src/listeners/delivery.js';
import { MAX_LISTENERS } from '../../src/listeners/listeners.js';
import { Status } from '../../src/service/service.js';
import { discovered } from '../support/records.js';
import { answered, bodyOf, Desk, eventOf, OUT_OF_REACH, SILENT } from './support.js';

const [A, B] = ['http://a/update', 'http://b/update'];
const WEB_URL = 'http://10.79.0.1:10234/update';

let desk: Desk;
afterEach(() => desk.end());

describe('listeners', () => {
  test('are told of new records and of new statuses, and of nothing else', async () => {
    desk = new Desk({ urls: [A] });
    desk.merge({ updated: 1n });
    desk.merge({ updated: 2n });
    desk.merge({ updated: 3n, image: 'web:2' });
    desk.merge({ updated: 4n, image: 'web:2', status: Status.Draining });
    await desk.clock.advance(0);
    const events = desk.http.received.map(({ body }) => eventOf(body));
    expect(events.map(({ Service, PreviousStatus }) => [PreviousStatus, Service.Status])).toEqual([
      [Status.Unknown, Status.Alive],
      [Status.Alive, Status.Draining],
    ]);
  });

  test.each([
    ['is down', OUT_OF_REACH],
    ['answers 500', answered(500)],
    ['is silent', SILENT],
    ['redirects in a circle', answered(307, A)],
  ])('do not wait for one that %s', async (_what, answer) => {
    desk = new Desk({ urls: [A, B] });
    desk.http.answer = ({ url }) => (url === A ? answer : answered(200));
    desk.appear('one', 'two', 'three');
    await desk.settle();
    expect(desk.http.told(B)).toEqual(['one', 'two', 'three']);
    expect(new Set(desk.http.told(A))).toEqual(new Set(['one']));
  });

  test('one that falls behind is told the newest events with the newest state, and the skipped ones are counted', async () => {
    desk = new Desk({ urls: [A] });
    let open = (): void => undefined;
    const opened = new Promise<void>((resolve) => (open = resolve));
    desk.http.answer = () => opened.then(() => answered(200));
    const names = Array.from({ length: MAX_PENDING + 50 }, (_, n) => `s${n}`);
    desk.appear('first');
    await desk.settle();
    desk.appear(...names);
    expect(desk.listeners.status()).toMatchObject([{ pending: MAX_PENDING, skipped: 51 }]);
    open();
    while (desk.listeners.status()[0]?.pending !== 0) await desk.settle();
    expect(desk.http.told(A)).toEqual(['first', ...names.slice(51)]);
    const second = desk.http.received[1]?.body ?? '';
    expect(Object.keys(bodyOf(second).State.Servers['h1']?.Services ?? {})).toHaveLength(names.length + 1);
    expect(desk.listeners.totals).toMatchObject({ delivered: MAX_PENDING, skipped: 51 });
  });

  test('one that was down gets what waits, in order and with the newest state, within half a second of being back', async () => {
    desk = new Desk({ urls: [A] });
    desk.http.answer = () => OUT_OF_REACH;
    desk.appear('one');
    await desk.clock.advance(10 * 60_000);
    desk.appear('two');
    const before = desk.http.received.length;
    desk.canConnect = true;
    desk.http.answer = () => answered(200);
    await desk.clock.advance(500);
    expect(desk.http.told(A).slice(before)).toEqual(['one', 'two']);
    const state = bodyOf(desk.http.received[before]?.body ?? '').State;
    expect(Object.keys(state.Servers['h1']?.Services ?? {})).toEqual(['one', 'two']);
    expect(before).toBeLessThan(6 + 10 + 1);
    expect(new Set(desk.probes)).toEqual(new Set(['a 80']));
  });

  test('one that answers 500 for a while gets what waits within a second of being back', async () => {
    desk = new Desk({ urls: [A] });
    desk.http.answer = () => answered(500);
    desk.appear('one', 'two');
    await desk.clock.advance(30_000);
    desk.http.answer = () => answered(200);
    await desk.clock.advance(1_000);
    expect(desk.listeners.status()).toMatchObject([{ state: 'ok', pending: 0, skipped: 1 }]);
    expect(desk.http.told(A).at(-1)).toBe('two');
  });

  test('are a problem on the board while they are away', async () => {
    desk = new Desk({ urls: ['http://me:secret@a/update'] });
    desk.http.answer = () => answered(500);
    desk.appear('one');
    await desk.clock.advance(599);
    expect([desk.problems.list(), desk.listeners.status()[0]?.state]).toEqual([[], 'retrying']);
    await desk.clock.advance(1);
    const message = 'http://me:***@a/update takes no changes (answered 500); it is tried again until it does';
    const subject = 'UrlListener(http://me:***@a/update)';
    expect(desk.problems.list()).toMatchObject([{ room: 'listeners', code: 'LISTENER_AWAY', subject, message }]);
    desk.http.answer = () => answered(200);
    await desk.clock.advance(1_000);
    expect(desk.problems.list()).toEqual([]);
  });

  test('say how it stands with them, without passwords', async () => {
    desk = new Desk({ urls: ['http://me:secret@a/update'] });
    desk.listeners.listed([discovered({ listenPort: 10234 })]);
    desk.http.answer = ({ url }) => (url === WEB_URL ? answered(200) : answered(503));
    desk.appear('one');
    await desk.settle();
    const idle = { source: 'config', service: undefined, skipped: 0, delivered: 0 };
    const failing = {
      url: 'http://me:***@a/update',
      state: 'retrying',
      pending: 1,
      failures: 3,
      lastFault: 'answered 503',
    };
    const well = {
      url: WEB_URL,
      source: 'service',
      service: 'web-aaaaaaaaaaaa',
      state: 'ok',
      pending: 0,
      delivered: 1,
    };
    expect(desk.listeners.status()).toEqual([
      { ...idle, ...failing, lastDeliveredAt: undefined },
      { ...well, skipped: 0, failures: 0, lastFault: undefined, lastDeliveredAt: expect.any(BigInt) },
    ]);
  });

  test('come and go with the services that ask for it, and what is under way for one that is gone ends', async () => {
    desk = new Desk();
    desk.appear('unheard');
    const service = discovered({ listenPort: 10234 });
    desk.listeners.listed([service]);
    desk.http.answer = () => new Promise(() => undefined);
    desk.appear('one');
    await desk.settle();
    desk.listeners.listed([{ ...service, listenPort: 10005 }]);
    desk.http.answer = () => answered(200);
    desk.appear('two');
    await desk.settle();
    desk.listeners.listed([]);
    desk.appear('three');
    await desk.settle();
    expect(desk.http.told(WEB_URL)).toEqual(['one']);
    expect(desk.http.told('http://h1:10005/update')).toEqual(['two']);
    expect([desk.listeners.status(), desk.clock.armed]).toEqual([[], 0]);
  });

  test('keep their place in the stream when the same services are listed again', async () => {
    desk = new Desk();
    const service = discovered({ listenPort: 10234 });
    for (const name of ['one', 'two']) {
      desk.listeners.listed([service]);
      desk.appear(name);
      await desk.settle();
    }
    expect(desk.listeners.status()).toMatchObject([{ delivered: 2 }]);
  });

  test('one that goes while it is away is no problem any more', async () => {
    desk = new Desk();
    desk.listeners.listed([discovered({ listenPort: 10234 })]);
    desk.http.answer = () => OUT_OF_REACH;
    desk.appear('one');
    await desk.clock.advance(5_000);
    expect(desk.problems.list()).toHaveLength(1);
    desk.listeners.listed([]);
    await desk.settle();
    expect(desk.problems.list()).toEqual([]);
  });

  test('one whose record makes no URL is named, and the others are told', async () => {
    desk = new Desk({ urls: [A] });
    const ports = [{ type: 'tcp', port: 10234, servicePort: 0, ip: '1.2.3.4.5' }];
    desk.listeners.listed([discovered({ listenPort: 10234, ports })]);
    desk.appear('one');
    await desk.settle();
    expect(desk.http.told(A)).toEqual(['one']);
    const message = 'Service(web-aaaaaaaaaaaa) is told of no change: "http://1.2.3.4.5:10234/update" is no URL';
    expect(desk.problems.list()).toMatchObject([{ code: 'LISTENER_URL_INVALID', message }]);
    desk.listeners.listed([]);
    expect(desk.problems.list()).toEqual([]);
  });

  test('of more than the bound the last are left out, and that is a problem', () => {
    desk = new Desk({ urls: Array.from({ length: MAX_LISTENERS + 2 }, (_, n) => `http://l${n}/`) });
    expect(desk.listeners.status()).toHaveLength(MAX_LISTENERS);
    const message = '2 listeners are told of no change: this host has more than 256';
    expect(desk.problems.list()).toMatchObject([{ code: 'TOO_MANY_LISTENERS', message }]);
  });

  test('end at once with the agent, whatever is under way', async () => {
    desk = new Desk({ urls: [A, B] });
    desk.http.answer = ({ url }) => (url === A ? new Promise(() => undefined) : OUT_OF_REACH);
    desk.appear('one');
    await desk.clock.advance(5_000);
    await desk.end();
    expect(desk.clock.armed).toBe(0);
    const received = desk.http.received.length;
    desk.appear('two');
    await desk.clock.advance(60_000);
    expect(desk.http.received).toHaveLength(received);
  });
});
