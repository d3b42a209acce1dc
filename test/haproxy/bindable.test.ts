import { describe, expect, test } from '@jest/globals';
import { builtInText } from './support/render.js';
import { instance, Room } from './support/room.js';

const ON_ONE_PORT = builtInText.replaceAll('bind {{bindIP}}:{{svcPort}}', 'bind {{bindIP}}:8005');
const first = instance('aaa', 'z', 8_001);
const second = instance('web', 'a', 8_002);

const frontends = (room: Room): readonly string[] =>
  [...room.disk.matchAll(/^frontend (\S+)/gm)].map(([, name = '']) => name);

async function using(template: string, overrides: ConstructorParameters<typeof Room>[0] = {}): Promise<Room> {
  const room = new Room(overrides);
  room.use(template);
  await room.apply(second);
  return room;
}

describe('two sections on overlapping places', () => {
  test('who holds it keeps it, though another would come first in the file', async () => {
    const room = await using(ON_ONE_PORT);
    expect(await room.applyAfter(2_000, first, second)).toBe(true);
    expect(frontends(room)).toEqual(['web-8002']);
    expect(room.problem('SERVICE_SET_ASIDE')).toContain('`frontend web-8002` as well, which has it already');
  });

  test('without anybody who holds it the first in the file has it', async () => {
    const room = new Room();
    room.use(ON_ONE_PORT);
    await room.apply(first, second);
    expect(frontends(room)).toEqual(['aaa-8001']);
  });

  test('the other has it when the holder is gone', async () => {
    const room = await using(ON_ONE_PORT);
    await room.applyAfter(2_000, first, second);
    expect(await room.applyAfter(2_000, first)).toBe(true);
    expect(frontends(room)).toEqual(['aaa-8001']);
    expect(room.problems.list()).toEqual([]);
  });

  test('a wildcard overlaps each address, also one of the template itself, which no service can be set before', async () => {
    const room = await using(builtInText);
    room.use(`${builtInText}\nfrontend own\n\tbind *:8002\n`);
    expect(await room.applyAfter(2_000)).toBe(true);
    expect(frontends(room)).toEqual(['own']);
    expect(room.problem('SERVICE_SET_ASIDE')).toContain('127.0.0.1:8002, which overlaps *:8002,');
  });

  test('is said of services also where it is for others to say where HAProxy can listen', async () => {
    const room = new Room({ reloadCommand: 'systemctl reload haproxy' });
    room.use(ON_ONE_PORT);
    await room.apply(first, second);
    expect(frontends(room)).toEqual(['aaa-8001']);
  });
});

describe('a port that another program has', () => {
  const busy = { errno: 'EADDRINUSE', words: 'in use' };

  test('is set aside without a reload for it, and had again when it is free', async () => {
    const room = await using(builtInText);
    room.taken.set(8_001, busy);
    expect(await room.applyAfter(2_000, first, second)).toBe(true);
    expect([room.reloads, frontends(room)]).toEqual([1, ['web-8002']]);
    expect(room.problem('SERVICE_PORT_UNAVAILABLE')).toContain('port 8001 (in use)');
    room.taken.clear();
    expect(await room.applyAfter(1_000)).toBe(true);
    expect([room.reloads, frontends(room)]).toEqual([2, ['aaa-8001', 'web-8002']]);
    expect(room.problems.list()).toEqual([]);
  });

  test('of the template itself keeps HAProxy as it is, while servers follow', async () => {
    const room = await using(builtInText);
    const before = frontends(room);
    room.taken.set(9_999, busy);
    room.use(`${builtInText}\nfrontend own\n\tbind 127.0.0.1:9999\n`);
    await room.applyAfter(2_000, second, instance('web', 'b', 8_002));
    expect([frontends(room), room.servers]).toEqual([before, ['web-8002/h1-a', 'web-8002/h1-b']]);
    expect(room.problem('BIND_UNAVAILABLE')).toContain('127.0.0.1:9999 of `frontend own`');
  });

  test('of the template itself does so after a restart of the agent, too, when there is no other template', async () => {
    const before = await using(builtInText);
    const room = new Room();
    room.serve(before.disk);
    await room.adopt();
    room.taken.set(9_999, busy);
    room.use(`${builtInText}\nfrontend own\n\tbind 127.0.0.1:9999\n`);
    expect(await room.apply(second, instance('web', 'b', 8_002))).toBe(false);
    expect([room.reloads, room.servers]).toEqual([0, ['web-8002/h1-a', 'web-8002/h1-b']]);
  });
});
