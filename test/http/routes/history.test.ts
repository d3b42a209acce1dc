import { describe, expect, test } from '@jest/globals';
import { EndlessAnswer } from '../../support/stream.js';
import { until } from '../../support/until.js';
import { appWith, ask, depsWith, serving } from '../support.js';
import type { HistoryReader } from '../../../src/http/journal.js';
import { Journal } from '../../../src/journal/journal.js';
import { EventFeed } from '../../../src/http/event-feed.js';
import { systemClock } from '../../../src/platform/clock.js';

/** An app with a journal of three problems, a minute apart. */
function app(size = 100) {
  const { catalog, unsent } = depsWith();
  let nowNs = 1_700_000_000_000_000_000n;
  const wall = { nowNs: () => (nowNs += 60_000_000_000n) };
  const history = new Journal(
    { size },
    { catalog, wall, surroundings: () => ({ template: undefined, settings: 's' }) },
  );
  history.open([], 1);
  const happen = (subject: string): void =>
    history.record({
      ...{
        kind: 'problem',
        what: 'raised',
        host: 'h1',
        text: `${subject}: no\nroom`,
        room: 'store',
        code: 'X',
        subject,
      },
    });
  for (const subject of ['a', 'b', 'c']) happen(subject);
  const feed = new EventFeed({ fileLimit: undefined }, { events: history, unsent, clock: systemClock });
  return { listener: appWith({ journal: { history, feed } }), happen };
}

const subjects = (body: string): readonly string[] =>
  (JSON.parse(body) as { events: readonly { subject: string }[] }).events.map(({ subject }) => subject);

describe('GET /api/history', () => {
  test('lists events, one on a line, the oldest first', async () => {
    await serving(app().listener, async (port) => {
      const { status, headers, body } = await ask(port, '/api/history');
      expect([status, headers.get('Content-Type'), headers.get('Cache-Control')]).toEqual([
        ...[200, 'application/json', 'no-store'],
      ]);
      expect(subjects(body)).toEqual(['a', 'b', 'c']);
      expect(body.split('\n')).toHaveLength(6);
      expect(JSON.parse(body)).toMatchObject({ oldest: '2023-11-14T22:14:20Z', isTruncated: false });
    });
  });

  test.each([
    ['limit=1', ['c']],
    ['since=2023-11-14T22:15:00Z&until=2023-11-14T22:15:20Z', ['b']],
    ['since=2023-11-14T23:15:00%2B01:00', ['b', 'c']],
    ['since=2023-11-14T23:15:00+01:00', ['b', 'c']],
    ['until=1700000060', ['a']],
    ['until=1700000060.5', ['a']],
    ['kind=problem,proxy', ['a', 'b', 'c']],
    ['kind=proxy', []],
    ['service=web', []],
    ['host=h1&service=', ['a', 'b', 'c']],
  ])('?%s tells of %j', async (query, expected) => {
    await serving(app().listener, async (port) => {
      expect(subjects((await ask(port, `/api/history?${query}`)).body)).toEqual(expected);
    });
  });

  test.each([
    ['limit=0', 'limit is \\"0\\", expected a whole number from 1 to 10000'],
    ['limit=10001', 'limit is'],
    ['since=yesterday', 'since is \\"yesterday\\", expected a time, as in 2006-01-02T15:04:05Z, or seconds since 1970'],
    ['kind=service,cow', 'kind is \\"cow\\", expected some of service, member,'],
    ['cow=1', 'cow'],
    ['limit=1&limit=2', 'limit is given more than once'],
  ])('?%s is refused with a sentence', async (query, sentence) => {
    await serving(app().listener, async (port) => {
      const { status, body } = await ask(port, `/api/history?${query}`);
      expect([status, body]).toEqual([400, expect.stringContaining(sentence)]);
    });
  });
});

describe('GET /api/at', () => {
  test('tells what was believed', async () => {
    await serving(app().listener, async (port) => {
      const { status, body } = await ask(port, '/api/at?time=1700000130');
      expect(status).toBe(200);
      expect(JSON.parse(body)).toMatchObject({
        ...{ time: '2023-11-14T22:15:30Z', event: 2, config: null, template: null, settings: 's' },
        catalog: { Servers: {}, ClusterName: expect.any(String) },
      });
    });
  });

  test('says so when nothing is kept of that time, or no time is asked for', async () => {
    await serving(app().listener, async (port) => {
      const early = await ask(port, '/api/at?time=1600000000');
      expect([early.status, JSON.parse(early.body)]).toEqual([
        ...[404, expect.objectContaining({ code: 'before-oldest' })],
      ]);
      expect(early.body).toContain('what is kept begins at 2023-11-14T22:14:20Z');
      const none = await ask(port, '/api/at');
      expect([none.status, none.body]).toEqual([400, expect.stringContaining('time is missing')]);
    });
    await serving(app(0).listener, async (port) => {
      expect((await ask(port, '/api/at?time=1700000130')).body).toContain('history_size is 0');
    });
  });

  test('shows settings and template to those only who could change something', async () => {
    const history = new Journal(
      { size: 100 },
      { ...depsWith(), surroundings: () => ({ template: 't', settings: 's' }) },
    );
    history.open([], 1);
    history.record({ kind: 'agent', what: 'started', host: 'h1', text: 'the agent starts' });
    const { feed } = depsWith().journal;
    await serving(appWith({ journal: { history, feed }, token: 'secret' }), async (port) => {
      const url = `http://127.0.0.1:${port}/api/at?time=${Date.now()}`.slice(0, -3);
      const toldTo = async (headers: Readonly<Record<string, string>>): Promise<unknown> =>
        (await fetch(url, { headers })).json();
      expect(await toldTo({})).toMatchObject({ settings: null, template: null });
      expect(await toldTo({ Authorization: 'Bearer other' })).toMatchObject({ settings: null, template: null });
      expect(await toldTo({ Authorization: 'Bearer secret' })).toMatchObject({ settings: 's', template: 't' });
    });
    await serving(appWith({ journal: { history, feed } }), async (port) => {
      const target = `/api/at?time=${Date.now()}`.slice(0, -3);
      const settingsFor = async (headers: Readonly<Record<string, string>>): Promise<unknown> =>
        (JSON.parse((await ask(port, target, 'GET', headers)).body) as { readonly settings: unknown }).settings;
      expect(await settingsFor({})).toBe('s');
      // a program here, but for somebody elsewhere
      for (const headers of [{ Via: '1.1 sidecar' }, { 'X-Forwarded-For': '10.0.0.9' }, { Forwarded: 'for=10.0.0.9' }])
        expect(await settingsFor(headers)).toBeNull();
    });
  });

  test('is for eight at once, and refused to the next', async () => {
    let answer = (): void => undefined;
    const busy = new Promise<void>((resolve) => (answer = resolve));
    const { feed } = depsWith().journal;
    const history: HistoryReader = {
      history: () => ({ entries: [], oldest: undefined, isTruncated: false }),
      at: () => busy.then(() => ({ ok: false, fault: { code: 'nothing-kept' } })),
    };
    await serving(appWith({ journal: { history, feed } }), async (port) => {
      const get = async (): Promise<number> => (await ask(port, '/api/at?time=1')).status;
      const all = Array.from({ length: 9 }, get);
      expect(await Promise.race(all)).toBe(503);
      answer();
      expect((await Promise.all(all)).sort()).toEqual([...Array.from({ length: 8 }, () => 404), 503]);
      expect(await get()).toBe(404);
    });
  });
});

describe('GET /api/events', () => {
  test('goes on where the client was, by its header before its address', async () => {
    const { listener, happen } = app();
    await serving(listener, async (port) => {
      const reader = new EndlessAnswer(port, '/api/events?after=1', { 'Last-Event-ID': '2' });
      await until('the third event is there', () => reader.chunks.join('').includes('"subject":"c"'));
      happen('d');
      await until('the fourth event is there', () => reader.chunks.join('').includes('"subject":"d"'));
      const text = reader.chunks.join('');
      reader.destroy();
      expect(text).not.toContain('"subject":"b"');
      expect(text).toContain('id: 3\nevent: problem\ndata: {"id":3,');
    });
  });

  test('answers HEAD with its type, and refuses what is no id', async () => {
    await serving(app().listener, async (port) => {
      const head = await ask(port, '/api/events', 'HEAD');
      expect([head.status, head.headers.get('Content-Type')]).toEqual([200, 'text/event-stream']);
      const bad = await ask(port, '/api/events?after=last');
      expect([bad.status, bad.body]).toEqual([400, expect.stringContaining('expected the id of an event')]);
    });
  });
});
