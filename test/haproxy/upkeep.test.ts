import { describe, expect, test } from '@jest/globals';
import { instance, Room } from './support/room.js';

const web = instance('web', 'a', 8_001);
const web2 = instance('web', 'b', 8_001);

async function serving(): Promise<Room> {
  const room = new Room();
  await room.apply(web, web2);
  await room.parts.upkeep.look();
  return room;
}

/** Looks twice a second, as the manager does; when a reload is asked for it is done. @returns when it was, in seconds */
async function watch(room: Room, seconds: number): Promise<readonly number[]> {
  const rescues: number[] = [];
  const start = room.clock.now();
  for (let i = 0; i < seconds * 2; i += 1) {
    await room.clock.advance(500);
    if (!(await room.parts.upkeep.look())) continue;
    rescues.push((room.clock.now() - start) / 1_000);
    await room.apply();
  }
  return rescues;
}

describe('drift', () => {
  test('somebody’s hand is noticed within 5 s, repaired and counted once', async () => {
    const room = await serving();
    room.double.servers.delete('web-8001/h1-a');
    Object.assign(room.double.servers.get('web-8001/h1-b') ?? {}, { admin: 1 });
    expect(await watch(room, 5)).toEqual([]);
    expect(room.servers).toEqual(['web-8001/h1-a', 'web-8001/h1-b']);
    await watch(room, 10);
    expect(room.parts.figures.drift).toEqual({ looks: 3, found: 2, repaired: 2 });
    expect(room.parts.figures.lastDrift?.what).toContain('web-8001/h1-a is missing');
    expect(room.reloads).toBe(1);
  });

  test('a removal that still drains is none, and is deleted when its last request has ended', async () => {
    const room = await serving();
    Object.assign(room.double.servers.get('web-8001/h1-b') ?? {}, { sessions: 1 });
    await room.apply(web);
    await watch(room, 20);
    expect(room.parts.figures.drift.found).toBe(0);
    expect(room.double.servers.has('web-8001/h1-b')).toBe(true);
    Object.assign(room.double.servers.get('web-8001/h1-b') ?? {}, { sessions: 0 });
    await watch(room, 10);
    expect([...room.double.servers.keys()]).toEqual(['web-8001/h1-a']);
  });
});

describe('a silent stats socket', () => {
  test('leads to one reload, the second time it is met: the next HAProxy has to answer before it is helped again', async () => {
    const room = await serving();
    room.double.silence = 'ENOENT';
    expect(await watch(room, 300)).toEqual([10]);
    expect(room.parts.figures.reloadsByCause.get('runtime-api-silent')).toBe(1);
    room.double.silence = undefined;
    expect(await watch(room, 10)).toEqual([]);
    room.double.silence = 'ENOENT';
    expect(await watch(room, 60)).toHaveLength(1);
    expect(room.parts.figures.reloadsByCause.get('runtime-api-silent')).toBe(2);
  });

  test('that answers again in time costs nothing, and is no fault any more', async () => {
    const room = await serving();
    room.double.silence = 'ETIMEDOUT';
    expect(await watch(room, 5)).toEqual([]);
    expect(room.parts.upkeep.runtimeFault).toEqual({ code: 'SILENT', words: 'ETIMEDOUT' });
    room.double.silence = undefined;
    expect(await watch(room, 5)).toEqual([]);
    room.double.silence = 'ETIMEDOUT';
    expect(await watch(room, 5)).toEqual([]);
    room.double.silence = undefined;
    await watch(room, 5);
    expect([room.parts.upkeep.runtimeFault, room.reloads]).toEqual([undefined, 1]);
  });

  test('is told as soon as it is met while looking after what drains', async () => {
    const room = await serving();
    await room.apply(web);
    room.double.silence = 'ENOENT';
    await watch(room, 2);
    expect(room.parts.upkeep.runtimeFault?.code).toBe('SILENT');
  });
});

test('a file that could not be written is written when it can be, without anything having changed', async () => {
  const room = await serving();
  room.files.refusal = 'ENOSPC';
  expect(await room.apply(web)).toBe(true);
  await watch(room, 10);
  expect(room.parts.deployment.fileFault).toMatchObject({ code: 'CONFIG_NOT_WRITABLE', reason: 'ENOSPC' });
  expect(room.servers).toEqual(['web-8001/h1-a']);
  await room.apply(web2);
  room.files.refusal = undefined;
  await watch(room, 31);
  expect(room.parts.deployment.fileFault).toBeUndefined();
  expect(room.disk).toBe(room.parts.deployment.running?.text);
  expect([room.disk.includes('h1-b'), room.reloads]).toEqual([true, 1]);
});

test('of what HAProxy runs while that is in doubt nothing is compared', async () => {
  const room = await serving();
  room.parts.deployment.distrust({ cause: 'runtime-api-silent', text: 'nobody answers' });
  const before = room.double.commands.length;
  expect(await watch(room, 20)).toEqual([]);
  expect(room.double.commands.slice(before).filter((line) => line !== 'show info')).toEqual([]);
});
