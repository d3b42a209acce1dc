import { describe, expect, test } from '@jest/globals';
import { Hostnames } from '../../src/haproxy/hostnames.js';
import { FakeClock, settle } from '../support/time.js';

/** A resolver that answers when the test says so; what it was asked is in `asked`, in that order. */
class Resolver {
  readonly asked: string[] = [];
  changes = 0;
  running = 0;
  mostRunning = 0;
  /** Undefined: nobody answers. */
  answers: (name: string) => readonly string[] | Error | undefined = () => ['10.0.0.1'];
  readonly clock = new FakeClock();
  readonly hostnames = new Hostnames({
    clock: this.clock,
    onChange: () => (this.changes += 1),
    lookup: (name, signal) =>
      new Promise((resolve, reject) => {
        this.asked.push(name);
        this.running += 1;
        this.mostRunning = Math.max(this.mostRunning, this.running);
        const settled = (): void => void (this.running -= 1);
        signal.addEventListener('abort', () => {
          settled();
          reject(new Error('too late'));
        });
        const answer = this.answers(name);
        if (answer === undefined) return;
        settled();
        if (answer instanceof Error) reject(answer);
        else resolve(answer);
      }),
  });

  /** @returns whether the wait was over at once */
  async ensure(...names: string[]): Promise<boolean> {
    let isOver = false;
    void this.hostnames.ensure(new Set(names), never).then(() => (isOver = true));
    await settle();
    return isOver;
  }

  keepFresh(): AbortController {
    const stop = new AbortController();
    void this.hostnames.run(stop.signal);
    return stop;
  }
}
const never = new AbortController().signal;
const down = (): Error => new Error('SERVFAIL');

describe('a name that was never asked for', () => {
  test('is waited for, and its address is known then', async () => {
    const world = new Resolver();
    expect(await world.ensure('a', 'b')).toBe(true);
    expect(world.hostnames.addressOf('a')).toBe('10.0.0.1');
    expect(world.changes).toBe(2);
    expect(world.clock.armed).toBe(0);
  });

  test('is waited for at most a second', async () => {
    const world = new Resolver();
    world.answers = (name) => (name === 'a' ? ['10.0.0.1'] : undefined);
    let isOver = false;
    const wait = world.hostnames.ensure(new Set(['a', 'slow']), never).then(() => (isOver = true));
    await world.clock.advance(999);
    expect(isOver).toBe(false);
    expect(world.hostnames.addressOf('a')).toBe('10.0.0.1');
    await world.clock.advance(1);
    await wait;
    expect(await world.ensure('a', 'slow')).toBe(true); // it is no longer new
  });

  test('is not waited for when the agent ends', async () => {
    const world = new Resolver();
    world.answers = () => undefined;
    const end = new AbortController();
    const wait = world.hostnames.ensure(new Set(['slow']), end.signal);
    end.abort();
    await wait;
    expect(world.clock.now()).toBe(0);
  });

  test('goes before names that nobody answers', async () => {
    const world = new Resolver();
    world.answers = () => down();
    const dead = Array.from({ length: 20 }, (_, i) => `dead${i}`);
    await world.ensure(...dead);
    world.answers = (name) => (name === 'new' ? ['10.0.0.1'] : undefined);
    const stop = world.keepFresh();
    await world.clock.advance(5_500); // eight of the dead are asked again, and time out after 2 s
    void world.hostnames.ensure(new Set([...dead, 'new']), never);
    await world.clock.advance(2_000);
    expect(world.hostnames.addressOf('new')).toBe('10.0.0.1');
    stop.abort();
  });
});

describe('an address', () => {
  test('of a literal name is itself, without a look-up', async () => {
    const world = new Resolver();
    expect(await world.ensure('10.1.1.1', '::1')).toBe(true);
    expect(world.hostnames.addressOf('10.1.1.1')).toBe('10.1.1.1');
    expect(world.asked).toEqual([]);
    expect(world.hostnames.unresolved().size).toBe(0);
  });

  test('is good for 30 s, and asked for again then, without being asked for', async () => {
    const world = new Resolver();
    await world.ensure('a');
    const stop = world.keepFresh();
    await world.clock.advance(29_999);
    expect(world.asked).toEqual(['a']);
    world.answers = () => ['10.0.0.2'];
    await world.clock.advance(1);
    expect(world.asked).toEqual(['a', 'a']);
    expect(world.hostnames.addressOf('a')).toBe('10.0.0.2');
    expect(world.changes).toBe(2);
    stop.abort();
    await settle();
    expect(world.clock.armed).toBe(0);
  });

  test('stays when it is among several, in whatever order they come', async () => {
    const world = new Resolver();
    await world.ensure('a');
    const stop = world.keepFresh();
    world.answers = () => ['10.0.0.2', '10.0.0.1'];
    await world.clock.advance(30_000);
    expect(world.asked).toHaveLength(2);
    expect(world.hostnames.addressOf('a')).toBe('10.0.0.1');
    expect(world.changes).toBe(1);
    stop.abort();
  });

  test.each([
    ['fails', () => down()],
    ['takes more than 2 s', () => undefined],
    ['brings no address', () => []],
    ['brings what no server can have', () => ['0.0.0.0', 'fe80::1%eth0', 'not-an-address']],
  ])('stays in force when its refresh %s, and is asked for again after 5 s', async (_, answers) => {
    const world = new Resolver();
    await world.ensure('a');
    const stop = world.keepFresh();
    world.answers = answers;
    await world.clock.advance(32_500);
    expect(world.hostnames.addressOf('a')).toBe('10.0.0.1');
    expect(world.hostnames.counts()).toEqual({ lookups: 2, failures: 1, refused: 0 });
    expect(world.hostnames.unresolved().size).toBe(0);
    await world.clock.advance(6_000);
    expect(world.asked).toHaveLength(3);
    stop.abort();
  });
});

describe('a name without an address', () => {
  test('is unresolved once it was looked up, and until it is found', async () => {
    const world = new Resolver();
    world.answers = () => undefined;
    await world.ensure('a');
    expect(world.hostnames.unresolved().size).toBe(0);
    await world.clock.advance(2_000);
    expect(world.hostnames.unresolved()).toEqual(new Set(['a']));
    const stop = world.keepFresh();
    world.answers = () => ['10.0.0.9'];
    await world.clock.advance(6_000);
    expect(world.hostnames.unresolved().size).toBe(0);
    expect(world.changes).toBe(1);
    stop.abort();
  });
});

describe('names', () => {
  test('are looked up eight at a time', async () => {
    const world = new Resolver();
    world.answers = () => undefined;
    await world.ensure(...Array.from({ length: 20 }, (_, i) => `n${i}`));
    expect(world.asked).toHaveLength(8);
    await world.clock.advance(10_000);
    expect(world.asked).toHaveLength(20);
    expect(world.mostRunning).toBe(8);
  });

  test('that are no longer asked for are forgotten, answers on the way included', async () => {
    const world = new Resolver();
    await world.ensure('a');
    world.answers = () => undefined;
    await world.ensure('a', 'slow');
    await world.ensure('b');
    await world.clock.advance(5_000);
    expect(world.hostnames.addressOf('a')).toBeUndefined();
    expect(world.hostnames.unresolved()).toEqual(new Set(['b']));
  });

  test('beyond 10,000 are not taken, and said to be unresolved', async () => {
    const world = new Resolver();
    const names = Array.from({ length: 10_002 }, (_, i) => `n${i}`);
    await world.ensure(...names);
    await world.clock.advance(0);
    expect(world.hostnames.counts().refused).toBe(2);
    expect(world.hostnames.unresolved().has('n10001')).toBe(true);
    expect(world.hostnames.addressOf('n10001')).toBeUndefined();
  });
});
