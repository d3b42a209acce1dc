import { describe, expect, test } from '@jest/globals';
import type { HostAnswer } from '../../src/lib/ask-host.js';
import { MemberViews, type HostView, type KnownMember, type WhoSeesWhom } from '../../src/sight/member-views.js';
import type { Belief } from '../../src/sight/view.js';
import { FakeClock, fakeWall, settle } from '../support/time.js';

const known = (name: string, state: Belief = 'alive'): KnownMember => ({
  ...{ name, state, isSelf: name === 'h1' },
  ...{ skewMs: name === 'h1' ? 0 : 12, roundTripMs: name === 'h1' ? undefined : 0.5 },
});

/** Members that answer when the test has them do so. */
class World {
  readonly clock = new FakeClock();
  members: readonly KnownMember[] = [known('h2'), known('h1'), known('h3')];
  readonly asked: string[] = [];
  private waiting: (() => void)[] = [];
  hold = false;
  answers: Readonly<Record<string, HostAnswer>> = {};
  private readonly views = new MemberViews('prod', {
    members: () => this.members,
    askHost: (host, path) => {
      this.asked.push(`${host} ${path}`);
      const answer = this.answers[host] ?? said(host, this.members);
      if (!this.hold) return Promise.resolve(answer);
      return new Promise((resolve) => this.waiting.push(() => resolve(answer)));
    },
    clock: this.clock,
    wall: fakeWall(this.clock),
  });

  look = (): Promise<WhoSeesWhom> => this.views.look();

  async release(): Promise<void> {
    for (const go of this.waiting.splice(0)) go();
    await settle();
  }
}

const said = (host: string, members: readonly { name: string; state: string }[], status = 200): HostAnswer => ({
  ...{ state: 'answered', at: `http://${host}:7777`, status },
  body: JSON.stringify({ clusterName: 'prod', hostname: host, members }),
});

const outcomes = (hosts: readonly HostView[]): unknown =>
  hosts.map(({ name, asked, message }) => [name, asked, message]);

describe('who sees whom', () => {
  test('is what each live member says of all, this host included', async () => {
    const world = new World();
    world.members = [...world.members, known('h4', 'dead')];
    world.answers = { h3: said('h3', [known('h1', 'suspect'), known('h3')]) };
    const { time, clusterName, hosts, partitions } = await world.look();
    expect([time, clusterName]).toEqual([1_700_000_000_000_000_000n, 'prod']);
    expect(world.asked).toEqual(['h2 /api/members', 'h3 /api/members']);
    const same = { state: 'alive', message: undefined, sees: 3, differs: [], omitted: 0 };
    expect(hosts).toEqual([
      { name: 'h1', asked: 'self', ...same, skewMs: 0, roundTripMs: undefined },
      { name: 'h2', asked: 'answered', ...same, skewMs: 12, roundTripMs: 0.5 },
      {
        ...{ name: 'h3', asked: 'answered', ...same, skewMs: 12, roundTripMs: 0.5, sees: 1 },
        differs: [
          { name: 'h1', state: 'suspect', ours: 'alive' },
          { name: 'h2', state: 'unknown', ours: 'alive' },
        ],
      },
      {
        ...{ name: 'h4', asked: 'not-asked', ...same, state: 'dead', message: 'it is no live member' },
        ...{ sees: undefined, skewMs: 12, roundTripMs: 0.5 },
      },
    ]);
    expect(partitions).toEqual([['h1', 'h2', 'h3']]);
  });

  test('is known in part where hosts cannot be asked, do not answer, or answer with something else', async () => {
    const world = new World();
    world.members = ['h1', 'h2', 'h3', 'h4', 'h5'].map((name) => known(name));
    world.answers = {
      h2: { state: 'not-asked', why: 'it says no HTTP port' },
      h3: { state: 'unanswered', why: 'http://h3:7777 does not answer' },
      h4: said('h4', [], 404),
      h5: said('h9', []),
    };
    const { hosts, partitions } = await world.look();
    const not = (host: string, status: number): string =>
      `http://${host}:7777 answers with ${status}, and not with the members that ${host === 'h9' ? 'h5' : host} sees`;
    expect(outcomes(hosts)).toEqual([
      ['h1', 'self', undefined],
      ['h2', 'not-asked', 'it says no HTTP port'],
      ['h3', 'unanswered', 'http://h3:7777 does not answer'],
      ['h4', 'unanswered', not('h4', 404)],
      ['h5', 'unanswered', not('h9', 200)],
    ]);
    expect(partitions).toEqual([['h1', 'h2', 'h3', 'h4', 'h5']]);
  });

  test('is asked in one round for all who want to know, and kept for 5 s after it', async () => {
    const world = new World();
    world.hold = true;
    const looks = [world.look(), world.look()];
    await world.clock.advance(900);
    expect(world.asked).toHaveLength(2);
    await world.release();
    const [first, second] = await Promise.all(looks);
    expect(second).toBe(first);
    await world.clock.advance(4_999);
    expect(await world.look()).toBe(first);
    world.hold = false;
    await world.clock.advance(1);
    expect((await world.look()).time).toBe(1_700_000_005_900_000_000n);
    expect(world.asked).toHaveLength(4);
  });

  test('is asked of 16 hosts at once, and of 256 in one round', async () => {
    const world = new World();
    world.hold = true;
    world.members = Array.from({ length: 300 }, (_, i) => known(`h${1_000 + i}`)).concat(known('h1'));
    const look = world.look();
    await settle();
    expect(world.asked).toHaveLength(16);
    world.hold = false;
    await world.release();
    const { hosts, partitions } = await look;
    expect(world.asked).toHaveLength(256);
    const beyond = hosts.filter(({ asked }) => asked === 'not-asked');
    expect(beyond.map(({ name }) => name)).toEqual(Array.from({ length: 44 }, (_, i) => `h${1_256 + i}`));
    expect(beyond[0]?.message).toBe('one round asks 256 hosts');
    expect(partitions).toHaveLength(1);
  });

  test('does not take longer than 3 s and a last answer, however many are silent', async () => {
    const world = new World();
    world.hold = true;
    world.members = Array.from({ length: 100 }, (_, i) => known(`h${100 + i}`)).concat(known('h1'));
    world.answers = Object.fromEntries(
      world.members.map(({ name }) => [name, { state: 'unanswered', why: 'silent' } as const]),
    );
    const look = world.look();
    for (let second = 0; second < 4; second += 1) {
      await world.clock.advance(1_000);
      await world.release();
    }
    const { hosts } = await look;
    const counts = ['unanswered', 'not-asked'].map((state) => hosts.filter(({ asked }) => asked === state).length);
    expect([world.clock.now(), ...counts]).toEqual([4_000, 48, 52]);
    expect(hosts.at(-1)?.message).toBe('the others took 3 s to answer');
  });
});
