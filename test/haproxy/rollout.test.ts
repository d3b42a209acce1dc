import { describe, expect, test } from '@jest/globals';
import type { Service } from '../../src/service/service.js';
import { builtInText } from './support/render.js';
import { instance, Room } from './support/room.js';

const web = instance('web', 'a', 8_001);
const web2 = instance('web', 'b', 8_001);
const db = instance('db', 'c', 8_002);

/** A room whose HAProxy serves these, with nothing left to do. */
async function serving(...services: readonly Service[]): Promise<Room> {
  const room = new Room();
  await room.adopt();
  expect(await room.apply(...services)).toBe(true);
  await room.clock.advance(10_000);
  expect([room.reloads, room.disk]).toEqual([1, room.parts.deployment.running?.text]);
  return room;
}

/** A verdict that is silenced by `over`. */
const rejecting = (needle: string) => (text: string) =>
  text.includes(needle) ? `[ALERT] (1) : config : ${needle} is wrong` : undefined;

describe('a change of servers', () => {
  test('does not wait for verification: HAProxy has it while the file is still being verified', async () => {
    const room = await serving(web);
    let open = (): void => undefined;
    room.gate = new Promise((resolve) => (open = resolve));
    expect(await room.apply(web, web2)).toBe(true);
    await room.written();
    expect(room.servers).toEqual(['web-8001/h1-a', 'web-8001/h1-b']);
    expect(room.disk).not.toContain('h1-b');
    open();
    await room.written();
    expect(room.disk).toContain('h1-b');
    expect([room.reloads, room.parts.figures.lastApply?.how]).toEqual([1, 'runtime']);
  });

  test('whose text is refused is taken back, and its culprit is set aside', async () => {
    const room = await serving(web, db);
    room.verdict = rejecting('h1-b');
    expect(await room.apply(web, web2, db)).toBe(true);
    await room.written();
    expect(room.parts.deployment.fileFault?.code).toBe('CONFIG_REJECTED');
    await room.apply();
    await room.written();
    expect(room.problem('SERVICE_SET_ASIDE')).toContain('web');
    expect(room.disk).toContain('h1-c');
    expect([room.disk.includes('h1-b'), room.parts.deployment.fileFault]).toEqual([false, undefined]);
    expect(room.servers).toEqual(['db-8002/h1-c']);
  });

  test('whose text is refused without a culprit is rolled back to the last good file', async () => {
    const room = await serving(web);
    const good = room.disk;
    room.verdict = () => '[ALERT] (1) : config : global is wrong';
    await room.apply(web, web2);
    await room.written();
    expect(await room.apply()).toBe(false);
    expect([room.servers, room.disk]).toEqual([['web-8001/h1-a'], good]);
    expect(room.problem('CONFIG_REJECTED')).toContain('global is wrong');
    expect(room.reloads).toBe(1);
    expect(room.parts.deployment.fileFault).toBeUndefined();
  });

  test('is applied after all when what was wrong lay outside of the text, and nobody is blamed for it', async () => {
    const room = await serving(web, db);
    room.verdict = () => '[ALERT] (1) : config : no certificate';
    await room.apply(web, web2, db);
    await room.written();
    expect(await room.apply()).toBe(false);
    room.verdict = () => undefined;
    expect(await room.applyAfter(30_000)).toBe(true);
    await room.written();
    expect(room.servers).toEqual(['db-8002/h1-c', 'web-8001/h1-a', 'web-8001/h1-b']);
    expect([room.disk.includes('h1-b'), room.problems.list()]).toEqual([true, []]);
  });

  test('that cannot be rolled back by commands is rolled back by one reload', async () => {
    const room = await serving(web);
    room.verdict = (text) => (text.includes('h1-b') ? '[ALERT] (1) : config : global is wrong' : undefined);
    await room.apply(web, web2);
    await room.written();
    room.verdict = (text) => (text.includes('server h1-a') && !text.includes('h1-b') ? undefined : 'wrong');
    room.double.interfere = (line) => (line.endsWith('state drain') ? 'Permission denied' : undefined);
    expect(await room.apply()).toBe(false);
    expect([room.reloads, room.servers]).toEqual([2, ['web-8001/h1-a']]);
    expect([...room.parts.figures.reloadsByCause]).toEqual([
      ['not-running', 1],
      ['runtime-api-refused', 1],
    ]);
  });
});

describe('doubt', () => {
  test.each([
    [
      'a refusal',
      (room: Room) => void (room.double.interfere = (line) => (/^add/.test(line) ? 'No.' : undefined)),
      'runtime-api-refused',
    ],
    ['silence', (room: Room) => void (room.double.silence = 'ENOENT'), 'runtime-api-silent'],
    [
      'a server that is not there after all',
      (room: Room) =>
        void (room.double.interfere = (line) =>
          /^add/.test(line) ? 'New server registered.' : /^(?:set|enable)/.test(line) ? '' : undefined),
      'unknown-state',
    ],
  ])('%s leads to exactly one reload, with its cause', async (_, disturb, cause) => {
    const room = await serving(web);
    disturb(room);
    expect(await room.apply(web, web2)).toBe(true);
    expect(room.reloads).toBe(2);
    expect(room.parts.figures.lastReload?.cause).toBe(cause);
    expect(room.servers).toEqual(['web-8001/h1-a', 'web-8001/h1-b']);
    room.double.silence = undefined;
    expect(await room.applyAfter(5_000, web)).toBe(true);
    expect(room.reloads).toBe(2);
  });

  test('about what runs leads to a reload, which still takes over the listening sockets', async () => {
    const room = await serving(web);
    room.parts.deployment.distrust({ cause: 'runtime-api-silent', text: 'nobody answers' });
    room.taken.set(8_001, { errno: 'EADDRINUSE', words: 'in use' }); // by our own HAProxy
    expect(await room.apply(web)).toBe(true);
    expect(room.parts.figures.lastReload).toMatchObject({ cause: 'runtime-api-silent', reason: 'nobody answers' });
    expect(room.disk).toContain('frontend web-8001');
  });

  test('about the servers of an adopted process is settled by comparing them, without a reload', async () => {
    const before = await serving(web, web2);
    const room = new Room();
    room.serve(before.disk);
    room.double.servers.delete('web-8001/h1-b');
    await room.adopt();
    expect(await room.apply(web, web2)).toBe(true);
    expect([room.reloads, room.servers]).toEqual([0, ['web-8001/h1-a', 'web-8001/h1-b']]);
    expect(room.parts.figures.lastApply?.how).toBe('runtime');
  });
});

describe('a reload', () => {
  test('that has to wait lets the servers of existing backends follow', async () => {
    const room = await serving(web);
    await room.apply(web, db);
    expect(await room.apply(web2, db, instance('third', 'd', 8_003))).toBe(false);
    expect(room.servers).toEqual(['db-8002/h1-c', 'web-8001/h1-b']);
    expect(room.reloads).toBe(2);
    expect(await room.applyAfter(1_000)).toBe(true);
    expect([room.reloads, room.servers]).toEqual([3, ['db-8002/h1-c', 'third-8003/h1-d', 'web-8001/h1-b']]);
  });

  test('that fails lets them follow, and leaves the file that HAProxy was started on', async () => {
    const room = await serving(web);
    const before = room.disk;
    room.reloadWords = () => '[ALERT] (1) : out of memory';
    expect(await room.apply(web, web2, db)).toBe(false);
    expect([room.servers, room.disk]).toEqual([['web-8001/h1-a', 'web-8001/h1-b'], before]);
    expect(room.problem('RELOAD_FAILED')).toContain('out of memory');
    room.reloadWords = () => undefined;
    expect(await room.applyAfter(1_000)).toBe(true);
    expect([room.servers.length, room.problems.list()]).toEqual([3, []]);
  });

  test('that fails after the agent was restarted lets them follow, too', async () => {
    const before = await serving(web);
    const room = new Room();
    room.serve(before.disk);
    await room.adopt();
    room.reloadWords = () => '[ALERT] (1) : out of memory';
    expect(await room.apply(web, web2, db)).toBe(false);
    expect(room.servers).toEqual(['web-8001/h1-a', 'web-8001/h1-b']);
  });

  test('that cannot bind sets aside what HAProxy names, and tries it again at most once per 30 s', async () => {
    const room = await serving(web);
    room.reloadWords = (text) =>
      text.includes('frontend db-8002')
        ? '[ALERT] (1) : Starting frontend db-8002: cannot bind socket (Address already in use) [127.0.0.1:8002]'
        : undefined;
    expect(await room.apply(web, web2, db)).toBe(true);
    expect(room.servers).toEqual(['web-8001/h1-a', 'web-8001/h1-b']);
    expect(room.problem('SERVICE_PORT_UNAVAILABLE')).toContain('Address already in use');
    const { reloads } = room;
    for (let second = 1; second < 30; second += 1) {
      await room.applyAfter(1_000, instance('web', `x${second}`, 8_001), db);
    }
    expect(room.reloads).toBe(reloads);
    room.reloadWords = () => undefined;
    expect(await room.applyAfter(2_000)).toBe(true);
    expect([room.servers.includes('db-8002/h1-c'), room.problem('SERVICE_PORT_UNAVAILABLE')]).toEqual([
      true,
      undefined,
    ]);
  });

  test('a port that is taken once HAProxy has named it waits for the same growing pauses as any other', async () => {
    const room = await serving(web);
    room.reloadWords = (text) =>
      text.includes('db-8002')
        ? '[ALERT] (1) : Starting frontend db-8002: cannot bind socket (Address already in use) [127.0.0.1:8002]'
        : undefined;
    await room.apply(web, db);
    room.taken.set(8_002, { errno: 'EADDRINUSE', words: 'in use' });
    await room.applyAfter(31_000);
    const waits: (number | undefined)[] = [];
    for (let i = 0; i < 4; i += 1) {
      const wait = room.parts.attempts.waitMs({ catalog: 2, template: 1, surroundings: 0 }, room.clock.now());
      waits.push(wait);
      await room.applyAfter(wait ?? 0);
    }
    expect(waits.slice(1)).toEqual([2_000, 4_000, 8_000].map((ms) => expect.closeTo(ms, -1)));
  });
});

test('without the Runtime API a change of servers is a reload that says so', async () => {
  const room = new Room({ useRuntimeApi: false });
  await room.apply(web);
  expect(await room.applyAfter(2_000, web, web2)).toBe(true);
  expect(room.parts.figures.lastReload?.cause).toBe('runtime-api-off');
});

test('two sections on one place: who holds it keeps it, also when what HAProxy runs is in doubt', async () => {
  const twice = builtInText.replaceAll('bind {{bindIP}}:{{svcPort}}', 'bind {{bindIP}}:8005');
  const room = new Room();
  room.use(twice);
  await room.apply(web);
  expect(await room.applyAfter(2_000, instance('aaa', 'z', 8_009), web)).toBe(true);
  expect(room.disk).not.toContain('frontend aaa');
  room.parts.deployment.distrust({ cause: 'runtime-api-silent', text: 'nobody answers' });
  expect(await room.applyAfter(40_000)).toBe(true);
  expect([room.disk.includes('frontend web'), room.disk.includes('frontend aaa')]).toEqual([true, false]);
  expect(room.problem('SERVICE_SET_ASIDE')).toContain('frontend web-8001');
});
