import { describe, expect, test } from '@jest/globals';
import { HaproxyManager } from '../../src/haproxy/manager.js';
import type { HaproxyOptions } from '../../src/haproxy/options.js';
import { builtInText } from './support/render.js';
import { instance, Room } from './support/room.js';

const web = instance('web', 'a', 8_001);
const web2 = instance('web', 'b', 8_001);

/** The agent's loop in a room. `rounds`: how often it went round while time passed. */
function looping(overrides: Partial<HaproxyOptions> = {}) {
  const room = new Room({ templateFile: '/t.hbs', ...overrides });
  room.files.texts.set('/t.hbs', builtInText);
  let rounds = 0;
  const stamp = room.files.stamp;
  room.files.stamp = (path) => {
    if (path === '/t.hbs') rounds += 1;
    return stamp(path);
  };
  const manager = new HaproxyManager(room.options, {
    ...room.deps,
    settled: Promise.resolve(),
    informed: Promise.resolve(),
  });
  const abort = new AbortController();
  const pass = async (ms: number): Promise<void> => {
    for (let i = 0; i < ms; i += 10) await room.clock.advance(10);
  };
  const start = async (): Promise<void> => {
    void manager.run(abort.signal, () => undefined);
    await pass(2_000);
  };
  const end = async (): Promise<void> => {
    abort.abort();
    await pass(1_000);
  };
  const roundsIn = async (ms: number): Promise<number> => {
    const before = rounds;
    await pass(ms);
    return rounds - before;
  };
  return { room, manager, start, end, pass, roundsIn };
}

describe('the loop goes round twice a second, and not more', () => {
  test.each<[string, Partial<HaproxyOptions>, (room: Room) => void]>([
    ['all is well', {}, () => undefined],
    ['the Runtime API is not used', { useRuntimeApi: false }, () => undefined],
    ['HAProxy cannot be loaded', {}, (room) => void (room.reloadWords = () => '[ALERT] (1) : no memory')],
    ['nobody answers on the stats socket', {}, (room) => void (room.double.silence = 'ENOENT')],
  ])('while %s', async (_, overrides, disturb) => {
    const { room, start, end, roundsIn } = looping(overrides);
    disturb(room);
    room.catalog.hold([web]);
    await start();
    const rounds = await roundsIn(20_000);
    expect(rounds).toBeGreaterThanOrEqual(38);
    expect(rounds).toBeLessThan(60);
    await end();
  });

  test('while HAProxy refuses what it runs already, and cannot be brought back either', async () => {
    const { room, start, end, pass, roundsIn } = looping();
    room.catalog.hold([web]);
    await start();
    room.verdict = () => '[ALERT] (1) : global is wrong';
    room.catalog.hold([web, web2]);
    await pass(100);
    room.double.silence = 'ENOENT';
    const before = room.verifications.length;
    expect(await roundsIn(20_000)).toBeLessThan(70);
    expect(room.verifications.length - before).toBeLessThan(40);
    await end();
  });
});

test('what is refused behind the commands is taken back without anybody asking', async () => {
  const { room, start, end, pass } = looping();
  room.catalog.hold([web]);
  await start();
  room.verdict = (text) => (text.includes('h1-b') ? '[ALERT] (1) : global is wrong' : undefined);
  room.catalog.hold([web, web2, instance('db', 'c', 8_001)]);
  await pass(1_000);
  expect(room.disk).not.toContain('h1-b');
  expect(room.servers).not.toContain('web-8001/h1-b');
  await end();
});
