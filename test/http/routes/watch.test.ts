import { describe, expect, test } from '@jest/globals';
import { Catalog } from '../../../src/catalog/catalog.js';
import type { HttpAppDeps } from '../../../src/http/app.js';
import { UnsentBodies } from '../../../src/http/unsent-bodies.js';
import { CatalogViews } from '../../../src/http/views.js';
import { Watchers } from '../../../src/http/watchers.js';
import { record } from '../../support/records.js';
import { EndlessAnswer } from '../../support/stream.js';
import { FakeClock } from '../../support/time.js';
import { until } from '../../support/until.js';
import { appWith, ask, askRaw, comparable, serving } from '../support.js';

const PACE_MS = 50;
const LIMIT_MS = 30_000;

function room(fileLimit?: number) {
  const clock = new FakeClock();
  const catalog = new Catalog({ clusterName: 'test', hostname: 'h1' }, clock);
  const views = new CatalogViews({ catalog, members: { alive: () => [] } });
  const watchers = new Watchers({ fileLimit }, { catalog, views, unsent: new UnsentBodies(), clock });
  catalog.merge(record({ ext: { weight: 50 } }), { reason: 'received' });
  const deps: Partial<HttpAppDeps> = { catalog, views, watchers };
  return { clock, catalog, watchers, app: appWith(deps) };
}

/** The first object of a target. */
async function firstOf(port: number, target: string): Promise<string> {
  const watched = new EndlessAnswer(port, target);
  try {
    return await until('the first object is there', () => watched.chunks[0]);
  } finally {
    watched.destroy();
  }
}

describe.each(['/watch', '/api/watch'])('%s', (path) => {
  test('sends the services by name, unless by_service is the word false', async () => {
    await serving(room().app, async (port) => {
      const byName = await firstOf(port, path);
      expect(byName).toMatch(/^\{"web":\[\{"ID":"aaaaaaaaaaaa",/);
      for (const query of [
        'by_service=true',
        'by_service=',
        'by_service=False',
        'by_service=0',
        'by_service',
        'x=false',
      ])
        expect(await firstOf(port, `${path}?${query}`)).toBe(byName);
      expect(await firstOf(port, `${path}?by_service=true&by_service=false`)).toBe(byName);
    });
  });

  test('sends the body of /state.json when asked not to group it, with extras on request', async () => {
    await serving(room().app, async (port) => {
      const [state, extended] = [await ask(port, '/state.json'), await ask(port, '/state.json?ext=1')];
      expect(await firstOf(port, `${path}?by_service=false`)).toBe(state.body);
      expect(await firstOf(port, `${path}?by_service=false&ext=1`)).toBe(extended.body);
      expect(extended.body).not.toBe(state.body);
    });
  });

  test('knows no other method', async () => {
    await serving(room().app, async (port) => {
      for (const method of ['HEAD', 'POST', 'PUT', 'DELETE']) {
        const { status, body, headers } = await ask(port, path, method);
        expect([status, body, headers.has('Access-Control-Allow-Origin')]).toEqual([405, '', false]);
      }
      expect(comparable(await ask(port, path, 'OPTIONS'))).toEqual({
        status: 200,
        headers: {
          'Access-Control-Allow-Origin': '*',
          'Access-Control-Allow-Methods': 'GET',
          'Content-Length': '0',
        },
        body: '',
      });
      expect((await ask(port, `${path}/`)).status).toBe(404);
    });
  });

  test('answers an empty catalog with an empty object', async () => {
    await serving(appWith(), async (port) => {
      expect(await firstOf(port, path)).toBe('{}');
      expect(await firstOf(port, `${path}?by_service=false`)).toContain('{"Servers":{},');
    });
  });
});

test('clients of HTTP/1.0 get the objects without framing', async () => {
  const { app, watchers } = room();
  await serving(app, async (port) => {
    const stop = new AbortController();
    const ended = watchers.run(stop.signal, () => undefined);
    const heard = askRaw(port, 'GET /watch HTTP/1.0\r\n\r\n');
    await until('it is watched', () => watchers.numbers().watchers === 1);
    stop.abort();
    await ended;
    expect(await heard).toMatch(/^HTTP\/1\.1 200 OK\r\n(?!.*chunked)[^]*\r\n\r\n\{"web":\[[^]*\]\}$/);
  });
});

test('who comes when there are enough is refused with a sentence', async () => {
  const { app } = room(0);
  await serving(app, async (port) => {
    const { status, headers, body } = await ask(port, '/watch');
    expect([status, headers.get('Content-Type'), headers.get('Retry-After')]).toEqual([503, 'application/json', '5']);
    expect(JSON.parse(body)).toEqual({
      message: 'this agent has all the watchers it can serve, or is ending: ask another one, or again in a moment',
      status: 'error',
    });
  });
});

test('a connection that is gone is no watcher any more', async () => {
  const { app, watchers } = room();
  await serving(app, async (port) => {
    const watched = new EndlessAnswer(port, '/watch');
    await until('it is watched', () => watched.chunks.length === 1 && watchers.numbers().watchers === 1);
    watched.destroy();
    await until('it is gone', () => watchers.numbers().watchers === 0);
  });
});

test('one that does not read gets no second object before it has taken the first, and is cut off after 30 s', async () => {
  const { clock, catalog, watchers, app } = room();
  for (let i = 0; i < 60_000; i += 1)
    catalog.merge(record({ id: `i${i}`, name: `service-${i}` }), { reason: 'received' });
  await serving(app, async (port) => {
    const watched = new EndlessAnswer(port, '/watch');
    watched.pause();
    await until('the first object is under way', () => watchers.numbers().sent === 1);
    for (let i = 1; i <= 3; i += 1) {
      catalog.merge(record({ status: i, updated: record().updated + BigInt(i) }), { reason: 'received' });
      await clock.advance(PACE_MS);
    }
    expect(watchers.numbers()).toMatchObject({ sent: 1, skipped: 2, cut: 0 });
    await clock.advance(LIMIT_MS);
    expect(watchers.numbers()).toMatchObject({ watchers: 0, cut: 1 });
    watched.resume();
    await until('it is cut off', () => !watched.isOpen);
    expect(watched.chunks).toEqual([]);
  });
});

test('the end of the agent ends the answer as it should, and the server has nothing to wait for', async () => {
  const { app, watchers } = room();
  const stop = new AbortController();
  const ended = watchers.run(stop.signal, () => undefined);
  let watched: EndlessAnswer | undefined;
  await serving(app, async (port) => {
    watched = new EndlessAnswer(port, '/watch');
    await until('it is watched', () => watched?.chunks.length === 1);
    stop.abort();
    await ended;
    await until('the last chunk is there', () => watched?.chunks.length === 2);
    expect(watched.chunks[1]).toBe('');
  });
  await until('the connection is closed', () => watched?.isOpen === false);
});
