import { describe, expect, test } from '@jest/globals';
import { builtInText } from './support/render.js';
import { instance, Room } from './support/room.js';

const web = instance('web', 'a', 8_001);
const web2 = instance('web', 'b', 8_001);
const db = instance('db', 'c', 8_002);
const BAD = `${builtInText}\nfrontend poison\n\tbind 127.0.0.1:9999\n`;

/** A room that serves one server by a good template, and was then given one that HAProxy refuses. */
async function withBadTemplate(): Promise<Room> {
  const room = new Room();
  await room.apply(web);
  await room.clock.advance(10_000);
  room.verdict = (text) => (text.includes('poison') ? '[ALERT] (1) : poison' : undefined);
  room.use(BAD);
  return room;
}

const failures = (room: Room): number => room.parts.figures.failuresByCode.get('CONFIG_REJECTED') ?? 0;

describe('a new template that is refused', () => {
  test('leaves the last good one in use, by which servers and services go on to follow', async () => {
    const room = await withBadTemplate();
    expect(await room.apply(web, web2)).toBe(true);
    expect([room.servers, room.reloads]).toEqual([['web-8001/h1-a', 'web-8001/h1-b'], 1]);
    expect(room.problem('CONFIG_REJECTED')).toContain('poison');
    expect(await room.applyAfter(2_000, web, db)).toBe(true);
    expect([room.servers, room.reloads]).toEqual([['db-8002/h1-c', 'web-8001/h1-a'], 2]);
    expect(room.problem('CONFIG_REJECTED')).toContain('poison');
  });

  test('is not verified anew for each change of the catalog, and is counted once for each try', async () => {
    const room = await withBadTemplate();
    await room.apply(web, web2);
    const tries = (): number => room.verifications.filter((text) => text.includes('poison')).length;
    expect([tries(), failures(room)]).toEqual([1, 1]);
    for (let i = 0; i < 5; i += 1) await room.applyAfter(10, instance('web', `x${i}`, 8_001));
    expect([tries(), failures(room)]).toEqual([1, 1]);
  });

  test('is tried again in growing pauses, however often the catalog changes meanwhile', async () => {
    const room = await withBadTemplate();
    await room.apply(web);
    for (let i = 0; i < 40; i += 1) await room.applyAfter(500, instance('web', `x${i}`, 8_001));
    const tries = room.verifications.filter((text) => text.includes('poison')).length;
    expect([tries, failures(room)]).toEqual([5, 5]); // at 0, 1, 3, 7 and 15 s
    room.verdict = () => undefined;
    await room.applyAfter(16_000);
    expect([room.disk.includes('poison'), room.problems.list()]).toEqual([true, []]);
  });

  test('does not become the good one by waiting for its reload', async () => {
    const room = await withBadTemplate();
    room.parts.attempts.reloading(room.clock.now());
    expect(await room.apply(web)).toBe(false);
    expect(await room.applyAfter(1_000)).toBe(true);
    expect(room.problem('CONFIG_REJECTED')).toContain('poison');
    expect(room.problem('SERVICE_SET_ASIDE')).toBeUndefined();
    expect(await room.apply(web, web2)).toBe(true);
    expect(room.servers).toEqual(['web-8001/h1-a', 'web-8001/h1-b']);
  });

  test('brings none of its servers into HAProxy', async () => {
    const room = await withBadTemplate();
    room.use(BAD.replace('server {{svc.Hostname}}', 'server other-{{svc.Hostname}}'));
    const before = room.double.commands.length;
    await room.apply(web);
    expect(room.double.commands.slice(before)).toEqual([]);
  });

  test('gives way to a corrected one at once', async () => {
    const room = await withBadTemplate();
    await room.apply(web);
    room.use(`${builtInText}\nfrontend mended\n\tbind 127.0.0.1:9999\n`);
    expect(await room.applyAfter(1_000)).toBe(true);
    expect([room.disk.includes('frontend mended'), room.problems.list()]).toEqual([true, []]);
  });
});

test('the template in use is refused for a record, and serves again with the change that removes it', async () => {
  const room = new Room();
  await room.apply(web);
  room.verdict = (text) => (text.includes('h1-b') || !text.includes('h1-a') ? '[ALERT] (1) : spoiled' : undefined);
  await room.apply(web, web2);
  await room.written();
  expect(await room.apply()).toBe(false);
  expect(await room.apply(web)).toBe(true);
  expect(room.problems.list()).toEqual([]);
});

describe('the books', () => {
  test('say how each state came to HAProxy, and how long it took', async () => {
    const room = new Room();
    const hows: unknown[] = [];
    for (const services of [[web], [web, web2], []]) {
      await room.apply(...services);
      hows.push(room.parts.figures.lastApply?.how);
    }
    expect(hows).toEqual(['reload', 'runtime', 'runtime']); // the third was but a look: nothing had changed
    expect([room.applyTimes.length, room.parts.applying.appliedVersion]).toEqual([2, 2]);
    expect(room.served).toEqual([1, 2, 2]);
    expect([...room.memory.holders]).toEqual([[8_001, 'web']]);
  });

  test('leave the version that is served as it is when nothing comes of a change', async () => {
    const room = new Room();
    await room.apply(web);
    room.reloadWords = () => '[ALERT] (1) : no memory';
    expect(await room.applyAfter(2_000, web, db)).toBe(false);
    expect([room.parts.applying.appliedVersion, room.applyTimes.length, room.served]).toEqual([1, 1, [1]]);
    expect([...room.parts.figures.failuresByCode]).toEqual([['RELOAD_FAILED', 1]]);
  });

  test('show a template without idle-close-on-response as a notice, as long as it is in use', async () => {
    const room = new Room();
    room.use(builtInText.replaceAll('option idle-close-on-response', ''));
    await room.apply(web);
    expect(room.parts.applying.notices).toEqual([expect.stringContaining('idle-close-on-response')]);
    room.use(builtInText);
    await room.applyAfter(2_000);
    expect(room.parts.applying.notices).toEqual([]);
  });
});
