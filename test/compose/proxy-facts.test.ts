import { describe, expect, test } from '@jest/globals';
import { proxyFacts } from '../../src/compose/proxy-facts.js';
import type { HaproxyManager } from '../../src/haproxy/manager.js';
import { planWith } from '../../src/haproxy/planning.js';
import { statusOf } from '../../src/haproxy/status.js';
import type { ProxyFacts } from '../../src/http/proxy.js';
import type { Service } from '../../src/service/service.js';
import { builtInText } from '../haproxy/support/render.js';
import { instance, Room } from '../haproxy/support/room.js';

const web = instance('web', 'a', 8_001);
const web2 = instance('web', 'b', 8_001);
const db = instance('db', 'c', 8_002);

/** What HTTP is told of a room, whose folder of templates holds these files. */
function factsOf(room: Room, files: Readonly<Record<string, string>> = {}, templateDir = '/templates'): ProxyFacts {
  const haproxy: Pick<HaproxyManager, 'status' | 'plan'> = {
    status: () => statusOf(room.parts.options, room.parts),
    plan: (candidate) =>
      planWith(candidate ?? room.template, room.catalog.snapshot(), room.parts, new AbortController().signal),
  };
  return proxyFacts({
    haproxy,
    catalog: room.catalog,
    departures: room.deps.departures,
    problems: room.problems,
    templateDir,
    readFile: (path) => (path.endsWith('folder') ? Promise.reject(new Error('EISDIR')) : Promise.resolve(files[path])),
    now: () => room.clock.now(),
    wall: room.wall,
  });
}

async function serving(...services: readonly Service[]): Promise<Room> {
  const room = new Room();
  await room.apply(...services);
  await room.clock.advance(10_000);
  return room;
}

describe('the facts', () => {
  test('tell what runs, how it came there, and that the file is the same', async () => {
    const facts = factsOf(await serving(web)).facts();
    expect(facts).toMatchObject({
      running: true,
      catalogVersion: { applied: 1, current: 1 },
      lastApply: { how: 'reload' },
      reloads: { total: 1, byCause: { 'not-running': 1 } },
      config: { verified: true, behind: undefined },
      setAside: [],
      runtimeApi: { available: true },
    });
    expect(facts.config.diskDigest).toBe(facts.config.runtimeDigest);
  });

  test('tell how long a removed server has been draining', async () => {
    const room = await serving(web, web2);
    await room.apply(web);
    await room.clock.advance(1_500);
    expect(factsOf(room).facts().retiring).toEqual([
      { backend: 'web-8001', server: 'h1-b', sinceMs: 1_500, sessions: undefined },
    ]);
  });

  test('name each service that is set aside, since the problem stands', async () => {
    const room = await serving(web);
    room.taken.set(8_002, { errno: 'EADDRINUSE', words: 'in use' });
    await room.apply(web, db);
    const since = room.problems.list()[0]?.sinceNs;
    await room.clock.advance(5_000);
    expect(factsOf(room).facts().setAside).toEqual([
      {
        ...{ service: 'db', servicePort: 8_002, code: 'SERVICE_PORT_UNAVAILABLE', since },
        message: expect.stringContaining('in use'),
      },
    ]);
  });

  test('leave out of the set-aside what nobody could serve', async () => {
    const room = await serving(web, { ...db, proxyMode: 'gopher' });
    expect(room.problems.list().map(({ code }) => code)).toEqual(['PROXY_MODE_UNKNOWN']);
    expect(factsOf(room).facts().setAside).toEqual([]);
  });

  test('tell that the Runtime API is not used, and why', () => {
    const { runtimeApi } = factsOf(new Room({ useRuntimeApi: false })).facts();
    expect(runtimeApi).toMatchObject({ available: false, fault: 'use_runtime_api is false' });
  });
});

describe('a plan', () => {
  const WEIGHTS = builtInText.replace('weight {{svc.Weight}}', 'weight 7');

  test('of a text, a named template or the one in use says what would change, for people', async () => {
    const facts = factsOf(await serving(web), { '/templates/new.hbs': WEIGHTS });
    const detail = [{ kind: 'set', backend: 'web-8001', server: 'h1-a', detail: 'weight 100 -> 7' }];
    expect(await facts.plan({ kind: 'text', text: WEIGHTS })).toMatchObject({ kind: 'runtime', changes: detail });
    expect(await facts.plan({ kind: 'named', name: 'new.hbs' })).toMatchObject({
      verified: { ok: true },
      changes: detail,
    });
    expect(await facts.plan({ kind: 'current' })).toMatchObject({ kind: 'nothing', changes: [] });
  });

  test.each([
    ['missing', '/templates'],
    ['folder', '/templates'],
    ['new.hbs', ''],
  ])('of %s in %j is one of an unknown template', async (name, folder) => {
    const facts = factsOf(await serving(web), { 'new.hbs': WEIGHTS }, folder);
    expect(await facts.plan({ kind: 'named', name })).toBe('unknown-template');
  });

  test('of what is no template, or none that HAProxy accepts, says why it would not be applied', async () => {
    const room = await serving(web);
    const facts = factsOf(room);
    expect(await facts.plan({ kind: 'text', text: '{{#if' })).toMatchObject({
      kind: 'refused',
      verified: { ok: false, code: 'TEMPLATE_SYNTAX' },
    });
    room.verdict = () => '[ALERT] (1) : no such thing';
    expect(await facts.plan({ kind: 'text', text: WEIGHTS })).toMatchObject({
      kind: 'refused',
      verified: { ok: false, message: expect.stringContaining('no such thing') },
    });
  });

  test('names addresses, drained and disabled servers', async () => {
    const room = await serving(web, web2);
    room.catalog.hold([{ ...web, ports: [{ type: 'tcp', port: 9_001, servicePort: 8_001, ip: '10.0.0.2' }] }]);
    const moved = await factsOf(room).plan({ kind: 'current' });
    expect(moved).toMatchObject({
      changes: [
        { kind: 'set', server: 'h1-a', detail: '10.0.0.1:9000 -> 10.0.0.2:9001' },
        { kind: 'remove', server: 'h1-b', detail: '10.0.0.1:9000 weight 100' },
      ],
    });
    const disabled = builtInText.replace('weight {{svc.Weight}}', 'weight {{svc.Weight}} disabled');
    expect(await factsOf(room).plan({ kind: 'text', text: disabled })).toMatchObject({
      changes: [{ detail: expect.stringContaining('disabled') }, {}],
    });
  });
});
