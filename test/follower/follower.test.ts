import { describe, expect, test } from '@jest/globals';
import { Follower } from '../../src/follower/follower.js';
import { Mirror } from '../../src/follower/mirror.js';
import type { Logger } from '../../src/lib/logger.js';
import { ProblemBoard } from '../../src/lib/problems.js';
import { recordText, serviceText } from '../../src/service/codec.js';
import { Status, type Service } from '../../src/service/service.js';
import { encodeState, type State } from '../../src/service/state-codec.js';
import { silent } from '../support/log.js';
import { record } from '../support/records.js';
import { FakeClock, fakeWall, settle } from '../support/time.js';
import { stateWith } from './states.js';
import { Upstreams, type Play, type Script } from './upstreams.js';

const [A, B] = ['http://a:7777', 'http://b:7777'];
const STATE = '/state.json?ext=1';
const WATCH = '/watch?by_service=false&ext=1';
const SECOND_NS = 1_000_000_000n;
const T0 = record().updated;

const web = (overrides: Partial<Service> = {}): Service => record({ id: 'web1', ...overrides });
const db = (overrides: Partial<Service> = {}): Service => record({ id: 'db1', hostname: 'h2', ...overrides });
const at = (second: number, ...services: Service[]): State =>
  stateWith(services, { lastChanged: T0 + BigInt(second) * SECOND_NS });

function world(...urls: string[]) {
  const clock = new FakeClock();
  const wall = fakeWall(clock);
  const mirror = new Mirror({ wall });
  const problems = new ProblemBoard(wall);
  const upstreams = new Upstreams();
  const [messages, warnings]: [string[], string[]] = [[], []];
  const log: Logger = {
    ...silent,
    info: (message) => void messages.push(message),
    warn: (message) => {
      messages.push(message);
      warnings.push(message);
    },
  };
  const follower = new Follower(
    { upstreams: urls.map((url) => ({ url })) },
    { mirror, http: upstreams.http, clock, random: { below: () => 0 }, problems, log },
  );
  const stop = new AbortController();
  let ended: Promise<void> | undefined;
  return {
    clock,
    /** Lets the follower begin, and time pass. */
    pass: async (ms: number) => {
      ended ??= follower.run(stop.signal, () => undefined);
      await calm();
      const slice = Math.max(250, ms / 1000);
      for (let left = ms; left > 0; left -= slice) {
        await clock.advance(Math.min(slice, left));
        await calm();
      }
    },
    mirror,
    follower,
    upstreams,
    warnings,
    /** These among others, in the order of the log. */
    messages,
    problems: () => problems.list().map(({ code, message }) => `${code} ${message}`),
    codes: () => problems.list().map(({ code }) => code),
    ids: () =>
      [...mirror.snapshot().servers.values()].flatMap(({ services }) =>
        [...services.values()].filter(({ status }) => status !== Status.Tombstone).map(({ id }) => id),
      ),
    end: async () => {
      stop.abort();
      await ended;
      expect(clock.armed).toBe(0);
    },
  };
}

/** Lets all that follows from what has happened happen, however many promises that takes. */
async function calm(): Promise<void> {
  for (let i = 0; i < 20; i += 1) await settle();
}

/** An upstream that answers as our own agents do. `state` may be exchanged; its streams are told by `tell`. */
class Agent {
  readonly streams: Play[] = [];
  /** How often it was asked for its state. */
  asked = 0;

  constructor(
    public state: State,
    private readonly textOf = recordText,
  ) {}

  get body(): string {
    return encodeState(this.state, this.textOf);
  }

  readonly script: Script = (play) => {
    if (play.path === STATE) {
      this.asked += 1;
      play.send(this.body);
      play.end();
      return 200;
    }
    if (play.path !== WATCH) return 404;
    play.send(this.body);
    this.streams.push(play);
    return 200;
  };

  tell(state: State): void {
    this.state = state;
    for (const stream of this.streams) stream.send(this.body);
  }
}

describe('an upstream is followed', () => {
  test('by its stream of states, each without another question', async () => {
    const { pass, upstreams, ids, follower, end } = world(A);
    const agent = new Agent(at(1, web()));
    upstreams.set(A, agent.script);
    await pass(0);
    expect(ids()).toEqual(['web1']);
    expect(follower.status()).toMatchObject({ upstream: A, connected: true, failures: 0, lastFault: undefined });
    agent.tell(at(2, web(), db()));
    await calm();
    expect(ids()).toEqual(['web1', 'db1']);
    expect(agent.asked).toBe(1);
    await end();
    expect(follower.status().connected).toBe(false);
    expect(agent.streams[0]?.isClosed).toBe(true);
  });

  test('by an original of version 1, whose stream leaves out what our own have', async () => {
    const { pass, upstreams, ids, end } = world(A);
    const original = new Agent(at(1, web({ ext: { weight: 3 } })), serviceText);
    upstreams.set(A, original.script);
    await pass(0);
    original.tell(at(2, web(), db()));
    await calm();
    expect(ids()).toEqual(['web1', 'db1']);
    await end();
  });

  test('by questions, one at each object, when its stream holds no states', async () => {
    const { pass, upstreams, ids, end } = world(A);
    let stream: Play | undefined;
    let state = at(1, web());
    let asked = 0;
    upstreams.set(A, (play) => {
      if (play.path === WATCH) {
        play.send('{}');
        stream = play;
        return 200;
      }
      asked += 1;
      play.send(encodeState(state, serviceText));
      play.end();
      return 200;
    });
    await pass(0);
    const before = asked;
    state = at(2, web(), db());
    stream?.send(`{"db":[${serviceText(db())}]}`);
    await calm();
    expect(ids()).toEqual(['web1', 'db1']);
    expect(asked).toBe(before + 1);
    await end();
  });

  test('by questions when its stream leaves out the extras that its answers have', async () => {
    const { pass, mirror, upstreams, end } = world(A);
    const weight = (): number | undefined => mirror.snapshot().servers.get('h1')?.services.get('web1')?.ext?.weight;
    let state = at(1, web({ ext: { weight: 3 } }));
    let stream: Play | undefined;
    upstreams.set(A, (play) => {
      if (play.path === WATCH) stream = play;
      play.send(encodeState(state, play.path === WATCH ? serviceText : recordText));
      if (play.path !== WATCH) play.end();
      return 200;
    });
    await pass(0);
    state = at(2, web({ ext: { weight: 4 } }));
    stream?.send(encodeState(state, serviceText));
    await calm();
    expect(weight()).toBe(4);
    await end();
  });

  test('with one question at a time and one more, however many objects come', async () => {
    const { pass, upstreams, ids, end } = world(A);
    const questions: Play[] = [];
    let stream: Play | undefined;
    let isSlow = false;
    upstreams.set(A, (play) => {
      if (play.path === WATCH) {
        stream = play;
        play.send('{}');
        return 200;
      }
      questions.push(play);
      if (!isSlow) {
        play.send(encodeState(at(1, web()), recordText));
        play.end();
      }
      return 200;
    });
    await pass(0);
    isSlow = true;
    const before = questions.length;
    for (let i = 0; i < 10; i += 1) {
      stream?.send('{}');
      await calm();
    }
    expect(questions).toHaveLength(before + 1);
    questions.at(-1)?.send(encodeState(at(2, web()), recordText));
    questions.at(-1)?.end();
    await calm();
    expect(questions).toHaveLength(before + 2);
    questions.at(-1)?.send(encodeState(at(3, web(), db()), recordText));
    questions.at(-1)?.end();
    await calm();
    expect(questions).toHaveLength(before + 2);
    expect(ids()).toEqual(['web1', 'db1']);
    await end();
  });

  test('at /api when it has nothing at the top', async () => {
    const { pass, upstreams, ids, end } = world(`${A}/`);
    const agent = new Agent(at(1, web()));
    upstreams.set(A, (play) => {
      if (!play.path.startsWith('/api/')) return 404;
      if (play.path === `/api${STATE}`) {
        play.send(agent.body);
        play.end();
        return 200;
      }
      play.send('{}');
      return 200;
    });
    await pass(0);
    expect(ids()).toEqual(['web1']);
    expect(upstreams.asked.slice(0, 3)).toEqual([A + STATE, `${A}/api${STATE}`, `${A}/api${WATCH}`]);
    await end();
  });

  test('and asked for its state now and then, for what no stream tells', async () => {
    const { pass, upstreams, ids, end } = world(A);
    const agent = new Agent(at(1, web()));
    upstreams.set(A, agent.script);
    await pass(0);
    agent.state = at(1, web(), db());
    await pass(30_000);
    expect(ids()).toEqual(['web1', 'db1']);
    await end();
  });

  test('but an answer counts no more when the stream has told something meanwhile', async () => {
    const { pass, upstreams, ids, end } = world(A);
    const agent = new Agent(at(1, web()));
    let late: Play | undefined;
    upstreams.set(A, (play) => {
      if (play.path !== STATE || agent.asked === 0) return agent.script(play);
      late = play;
      return 200;
    });
    await pass(30_000);
    agent.tell(at(1, web(), db()));
    await calm();
    late?.send(encodeState(at(1, web()), recordText));
    late?.end();
    await calm();
    expect(ids()).toEqual(['web1', 'db1']);
    await end();
  });

  test('anew when its stream has told nothing for three minutes, which is no failure', async () => {
    const { pass, upstreams, follower, codes, end } = world(A);
    const agent = new Agent(at(1, web()));
    upstreams.set(A, agent.script);
    await pass(179_999);
    expect(agent.streams).toHaveLength(1);
    await pass(1);
    expect(agent.streams.map(({ isClosed }) => isClosed)).toEqual([true, false]);
    expect(follower.status()).toMatchObject({ upstream: A, connected: true, failures: 0 });
    expect(codes()).toEqual([]);
    await end();
  });

  test('without the records that may not enter, which is said for as long as it lasts', async () => {
    const { pass, upstreams, ids, messages, problems, end } = world(A);
    const agent = new Agent(at(1, web(), db({ name: 'a\nb' })));
    upstreams.set(A, agent.script);
    await pass(0);
    expect(ids()).toEqual(['web1']);
    expect(problems().join()).toMatch(
      /UPSTREAM_RECORDS_REFUSED 1 parts of the state of http:\/\/a:7777.*Name is "a\\nb"/,
    );
    agent.tell(at(2, web(), db()));
    await calm();
    expect(problems()).toEqual([]);
    expect(messages.at(-1)).toBe('all records are taken again');
    await end();
  });
});

describe('when an upstream fails', () => {
  const html: Script = (play) => {
    play.send('<html><body>login</body></html>');
    play.end();
    return 200;
  };
  const halfAnswer: Script = (play) => {
    play.send('{"Servers":{');
    play.break();
    return 200;
  };
  const silentStream: Script = (play) => (play.path === WATCH ? 200 : new Agent(at(1, web())).script(play));
  const halfObject: Script = (play) => {
    if (play.path !== WATCH) return new Agent(at(1, web())).script(play);
    play.send('{"Servers":');
    play.end();
    return 200;
  };
  const dripping: Script = (play) => {
    if (play.path !== WATCH) return new Agent(at(1, web())).script(play);
    play.send(`${new Agent(at(1, web())).body}{"Servers":`);
    return 200;
  };

  test.each<[string, Script | undefined, RegExp, number]>([
    ['nobody listens', undefined, /ECONNREFUSED/, 0],
    ['it accepts and never answers', () => undefined, /does not answer within 5 s/, 5_000],
    ['its body never ends', () => 200, /the body is not whole within 30 s/, 30_000],
    ['its stream says nothing', silentStream, /no object is whole within 30 s/, 30_000],
    ['an object of its stream never ends', dripping, /no object is whole within 30 s/, 30_000],
    ['it answers HTML', html, /GET \/state.json\?ext=1: the body is "<html>/, 0],
    ['it answers 500', () => 500, /answers 500, expected 200/, 0],
    ['it redirects', () => 302, /answers 302, expected 200/, 0],
    ['it knows neither path', () => 404, /has no \/state.json\?ext=1 and no \/api\/state.json\?ext=1/, 0],
    ['it closes amid an answer', halfAnswer, /ECONNRESET/, 0],
    ['it closes amid an object', halfObject, /the stream was closed amid an object/, 0],
  ])('since %s, that is said and what is held stays', async (_, script, why, afterMs) => {
    const { pass, upstreams, mirror, follower, ids, codes, end } = world(A);
    mirror.replace(at(1, web()), 'before');
    upstreams.set(A, script);
    await pass(afterMs);
    expect(follower.status()).toMatchObject({ upstream: undefined, connected: false, failures: 1 });
    expect(follower.status().lastFault).toMatch(why);
    expect(follower.status().lastFault).toContain(A);
    expect(codes()).toEqual(['UPSTREAM_FAILED', 'UPSTREAM_LOST']);
    expect(ids()).toEqual(['web1']);
    await end();
  });

  test('an answer and an object beyond 20 MiB are not read to their end', async () => {
    const mebibyte = 'x'.repeat(1024 * 1024);
    const { pass, upstreams, follower, end } = world(A);
    let reads = 0;
    let stream = false;
    upstreams.set(A, (play) => {
      if (play.path === WATCH || !stream) {
        play.send('{"a":"');
        for (; reads < 25; reads += 1) play.send(mebibyte);
        return 200;
      }
      return new Agent(at(1, web())).script(play);
    });
    await pass(0);
    expect(follower.status().lastFault).toMatch(/the body is longer than 20971520 bytes/);
    [stream, reads] = [true, 0];
    await pass(5_000);
    expect(follower.status().lastFault).toMatch(/sends an object of more than 20971520 bytes/);
    await end();
  });

  test('it is tried again ever more seldom, and logged once while it fails in the same way', async () => {
    const { pass, upstreams, follower, warnings, end } = world(A);
    await pass(60_000);
    // After 0.25, 0.5, 1, 2 and then every 2.5 s, with a die that always shows the least.
    expect(upstreams.asked.length).toBe(follower.status().failures);
    expect(follower.status().failures).toBe(27);
    expect(warnings).toHaveLength(2);
    await end();
  });

  test('each time soon after it was followed, both are logged once', async () => {
    const { pass, upstreams, follower, messages, end } = world(A);
    const agent = new Agent(at(1, web()));
    upstreams.set(A, (play) => {
      const status = agent.script(play);
      if (play.path === WATCH) play.break();
      return status;
    });
    await pass(60_000);
    expect(follower.status().failures).toBeGreaterThan(20);
    expect(messages).toEqual([
      'following an upstream',
      'an upstream is not followed',
      expect.stringMatching(/^no upstream can be followed/),
      'following an upstream',
    ]);
    await end();
  });

  test('the next is followed at once, and stays when the first is back', async () => {
    const { pass, upstreams, follower, ids, codes, end } = world(A, B);
    const [a, b] = [new Agent(at(5, web())), new Agent(at(1, web(), db()))];
    upstreams.set(A, a.script);
    upstreams.set(B, b.script);
    await pass(0);
    upstreams.set(A, undefined);
    a.streams[0]?.break();
    await calm();
    expect(follower.status()).toMatchObject({ upstream: B, connected: true, failures: 1 });
    expect(codes()).toEqual(['UPSTREAM_FAILED']);
    upstreams.set(A, a.script);
    await pass(60_000);
    expect(follower.status()).toMatchObject({ upstream: B, failures: 1 });
    expect(codes()).toEqual([]);
    expect(ids()).toEqual(['web1', 'db1']);
    upstreams.set(B, undefined);
    b.streams[0]?.end();
    await calm();
    expect(follower.status()).toMatchObject({ upstream: A, connected: true });
    await end();
  });

  test('and no other is there, what is held stays for ever; it is said since when and of when it is', async () => {
    const { pass, upstreams, follower, ids, codes, problems, mirror, end } = world(A, B);
    const agent = new Agent(at(1, web()));
    upstreams.set(A, agent.script);
    await pass(0);
    const [version, object] = [mirror.snapshot().contentVersion, mirror.snapshot().servers.get('h1')];
    upstreams.set(A, undefined);
    agent.streams[0]?.break();
    await pass(3_600_000);
    expect(ids()).toEqual(['web1']);
    expect(follower.status()).toMatchObject({ upstream: undefined, connected: false });
    expect(follower.status().stateAgeMs).toBeCloseTo(3_600_000, -3);
    expect(problems().join('\n')).toMatch(
      /UPSTREAM_LOST no upstream can be followed: what http:\/\/a:7777 said is held, received last at 2023-11-14T22:13:20/,
    );
    upstreams.set(A, agent.script);
    await pass(15_000);
    expect(codes()).toEqual([]);
    expect(follower.status()).toMatchObject({ upstream: A, connected: true });
    // Nothing has changed, so nobody has anything to do.
    expect(mirror.snapshot().contentVersion).toBe(version);
    expect(mirror.snapshot().servers.get('h1')?.services.get('web1')).toBe(object?.services.get('web1'));
    await end();
  });

  test('a password in its URL is neither said nor shown', async () => {
    const { pass, follower, problems, end } = world('http://me:secret@a:7777');
    await pass(0);
    expect(follower.status().lastFault).toContain('http://me:***@a:7777: ');
    expect(problems().join()).not.toContain('secret');
    await end();
  });
});

describe('a state is not taken', () => {
  test('when it is older than what the same one has said before', async () => {
    const { pass, upstreams, follower, ids, codes, end } = world(A);
    const agent = new Agent(at(-1, web(), db()));
    upstreams.set(A, agent.script);
    await pass(0);
    agent.tell(at(-2, web()));
    await calm();
    expect(ids()).toEqual(['web1', 'db1']);
    expect(codes()).toEqual(['UPSTREAM_OLDER', 'UPSTREAM_LOST']);
    expect(follower.status().connected).toBe(false);
    agent.tell(at(0, web()));
    await pass(10_000);
    expect(ids()).toEqual(['web1']);
    expect(codes()).toEqual([]);
    await end();
  });

  test('when an answer has overtaken it on the way: that one is followed on', async () => {
    const { pass, upstreams, follower, ids, codes, end } = world(A);
    const agent = new Agent(at(-2, web()));
    upstreams.set(A, agent.script);
    await pass(0);
    agent.state = at(-1, web(), db());
    await pass(30_000);
    agent.streams[0]?.send(encodeState(at(-2, web()), recordText));
    await calm();
    expect([ids(), codes()]).toEqual([['web1', 'db1'], []]);
    expect(follower.status()).toMatchObject({ connected: true, failures: 0 });
    await end();
  });

  test('but from another one it is, whatever its LastChanged', async () => {
    const { pass, upstreams, ids, end } = world(A, B);
    const a = new Agent(at(-1, web(), db()));
    upstreams.set(A, a.script);
    upstreams.set(B, new Agent({ ...at(-9, web()), hostname: 'other' }).script);
    await pass(0);
    a.streams[0]?.break();
    await calm();
    expect(ids()).toEqual(['web1']);
    await end();
  });

  test('when one that is newly met knows nothing to route, until it has known nothing for 30 s', async () => {
    const { pass, upstreams, mirror, ids, codes, end } = world(A);
    mirror.replace(at(1, web()), A);
    upstreams.set(A, new Agent(at(5)).script);
    await pass(29_000);
    expect(ids()).toEqual(['web1']);
    expect(codes()).toContain('UPSTREAM_EMPTY');
    await pass(10_000);
    expect(ids()).toEqual([]);
    expect(codes()).toEqual([]);
    await end();
  });

  test('when it is the first and there is nothing to route, likewise: a running HAProxy may have servers', async () => {
    const { pass, upstreams, mirror, codes, end } = world(A);
    const agent = new Agent(at(5));
    upstreams.set(A, agent.script);
    await pass(29_000);
    expect([mirror.held, codes()]).toEqual([undefined, ['UPSTREAM_EMPTY', 'UPSTREAM_LOST']]);
    await pass(15_000);
    expect([mirror.held?.from, codes()]).toEqual([A, []]);
    await end();
  });

  test('when one starts without knowing anything, while another knows more', async () => {
    const { pass, upstreams, mirror, ids, follower, end } = world(A, B);
    mirror.replace(at(1, web()), A);
    upstreams.set(A, new Agent(at(5)).script);
    upstreams.set(B, new Agent(at(5, web(), db())).script);
    await pass(0);
    expect(follower.status().upstream).toBe(B);
    await pass(120_000);
    expect(ids()).toEqual(['web1', 'db1']);
    await end();
  });

  test('each time anew: an upstream that keeps starting does not wear the hold out', async () => {
    const { pass, upstreams, mirror, ids, end } = world(A);
    mirror.replace(at(1, web()), A);
    for (let i = 0; i < 6; i += 1) {
      upstreams.set(A, new Agent(at(5)).script);
      await pass(10_000);
      upstreams.set(A, undefined);
      await pass(10_000);
    }
    expect(ids()).toEqual(['web1']);
    await end();
  });

  test('each time anew: to have known nothing long ago does not count', async () => {
    const { pass, upstreams, mirror, ids, codes, end } = world(A);
    mirror.replace(at(1, web()), A);
    const agent = new Agent(at(5));
    upstreams.set(A, agent.script);
    await pass(1_000);
    agent.state = at(6, web());
    await pass(10_000);
    expect(codes()).toEqual([]);
    agent.tell(agent.state);
    await pass(179_000);
    agent.state = at(7); // for the stream that is opened anew after three minutes
    await pass(2_000);
    expect(agent.streams.map(({ isClosed }) => isClosed)).toEqual([true]);
    expect(codes()).toContain('UPSTREAM_EMPTY');
    expect(ids()).toEqual(['web1']);
    await end();
  });

  test('but one that is followed is believed when it says that nothing is left', async () => {
    const { pass, upstreams, ids, end } = world(A);
    const agent = new Agent(at(1, web()));
    upstreams.set(A, agent.script);
    await pass(0);
    agent.tell(at(2, web({ status: Status.Tombstone, updated: T0 + SECOND_NS })));
    await calm();
    expect(ids()).toEqual([]);
    await end();
  });
});
