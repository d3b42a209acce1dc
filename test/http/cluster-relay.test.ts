import { describe, expect, test } from '@jest/globals';
import { ClusterRelay, type RelayReader } from '../../src/http/cluster-relay.js';
import type { RelayFault } from '../../src/http/relay-fault.js';
import { FakeClock, settle } from '../support/time.js';

const MIB = 1024 * 1024;

/** A question that another cluster was asked, and what it makes of it. */
interface Asked {
  readonly url: string;
  readonly signal: AbortSignal;
  readonly answer: (status?: number, headers?: Readonly<Record<string, string>>) => void;
  readonly fail: (why: string) => void;
  /** The next piece of the body; undefined is its end. */
  readonly say: (piece: string | Buffer | undefined) => void;
  readonly breakOff: () => void;
  /** How many pieces were asked for. */
  readonly reads: () => number;
}

/** A relay to two clusters, which a test answers for. */
function world() {
  const clock = new FakeClock();
  const asked: Asked[] = [];
  const relay = new ClusterRelay(
    {
      own: 'here',
      clusters: [
        { name: 'eu', url: 'http://a:7777' },
        { name: 'us', url: 'https://b/x' },
      ],
    },
    {
      clock,
      ask: (url, _headers, signal) =>
        new Promise((resolve, reject) => {
          signal.addEventListener('abort', () => reject(new Error('aborted')));
          const said: (Uint8Array | undefined | Error)[] = [];
          let wake = (): void => undefined;
          let reads = 0;
          const say = (what: Uint8Array | undefined | Error): void => {
            said.push(what);
            wake();
          };
          const read = async (): Promise<Uint8Array | undefined> => {
            reads += 1;
            if (said.length === 0) await new Promise<void>((next) => (wake = next));
            const next = said.shift();
            if (next instanceof Error) throw next;
            return next;
          };
          asked.push({
            ...{ url, signal, reads: () => reads },
            answer: (status = 200, headers = { 'content-type': 'application/json' }) =>
              resolve({ status, header: (name) => headers[name], read }),
            fail: (why) => reject(new Error(why)),
            say: (piece) => say(piece === undefined ? undefined : Buffer.from(piece)),
            breakOff: () => say(new Error('the connection was closed')),
          });
        }),
    },
  );
  return { clock, relay, asked };
}

/** Somebody who asks, and what he gets. */
function ask({ relay }: ReturnType<typeof world>, path = '/state.json', cluster = 'eu') {
  const seen: string[] = [];
  let leave = (): void => undefined;
  const outcome: { fault?: RelayFault | undefined; isOver: boolean } = { isOver: false };
  const taking = { isSlow: false, bytes: 0 };
  const reader: RelayReader = {
    onOver: (act) => (leave = act),
    begin: ({ status }) => {
      seen.push(String(status));
      return true;
    },
    send: (piece) => {
      taking.bytes += piece.length;
      seen.push(piece.length > 100 ? `${piece.length} bytes` : Buffer.from(piece).toString());
      return taking.isSlow ? new Promise(() => undefined) : Promise.resolve();
    },
    end: () => void seen.push('end'),
    cut: () => void seen.push('cut'),
  };
  void relay.pass({ cluster, path, query: '?a=b', headers: {} }, reader).then((fault) => {
    outcome.fault = fault;
    outcome.isOver = true;
  });
  return { seen, outcome, taking, leave: () => leave() };
}

/** Lets what may pass now do so, and then in each of `count` tenths of a second. */
async function tenths({ clock }: ReturnType<typeof world>, count: number): Promise<void> {
  for (let i = 0; i <= count; i += 1) {
    if (i > 0) await clock.advance(100);
    for (let j = 0; j < 20; j += 1) await settle();
  }
}

const EVENT_STREAM = { 'content-type': 'text/event-stream' };

describe('an answer of another cluster', () => {
  test('is passed on as it comes, and the reader told of its end', async () => {
    const here = world();
    const reader = ask(here);
    here.asked[0]!.answer();
    here.asked[0]!.say('a');
    await settle();
    expect(reader.seen).toEqual(['200', 'a']);
    here.asked[0]!.say('b');
    here.asked[0]!.say(undefined);
    await settle();
    expect([here.asked[0]!.url, reader.seen]).toEqual(['http://a:7777/state.json?a=b', ['200', 'a', 'b', 'end']]);
    expect(reader.outcome).toEqual({ isOver: true, fault: undefined });
    expect([here.relay.totals.answered, here.asked[0]!.signal.aborted, here.clock.armed]).toEqual([1, false, 0]);
  });

  test('is not read on before the reader has taken what there was', async () => {
    const here = world();
    const reader = ask(here);
    reader.taking.isSlow = true;
    here.asked[0]!.answer();
    here.asked[0]!.say('a');
    here.asked[0]!.say('b');
    await settle();
    expect([reader.seen, here.asked[0]!.reads()]).toEqual([['200', 'a'], 1]);
  });

  test('is given up by a reader that takes nothing for 20 s', async () => {
    const here = world();
    const reader = ask(here);
    reader.taking.isSlow = true;
    here.asked[0]!.answer();
    here.asked[0]!.say('a');
    await here.clock.advance(19_999);
    expect(reader.seen).toEqual(['200', 'a']);
    await here.clock.advance(1);
    expect([reader.seen, here.asked[0]!.signal.aborted]).toEqual([['200', 'a', 'cut'], true]);
    expect(here.relay.totals).toMatchObject({ 'reader-gone': 1, 'timed-out': 0 });
  });

  test('is not waited for any longer than 5 s', async () => {
    const here = world();
    const reader = ask(here);
    await here.clock.advance(4_999);
    expect(reader.outcome.isOver).toBe(false);
    await here.clock.advance(1);
    const message = 'the cluster eu (http://a:7777) has not answered within 5 s';
    expect(reader.outcome.fault).toEqual({ status: 504, code: 'cluster-silent', message });
    expect([reader.seen, here.asked[0]!.signal.aborted, here.relay.totals['timed-out']]).toEqual([[], true, 1]);
  });

  test('is cut off when it is silent for 5 s within', async () => {
    const here = world();
    const reader = ask(here);
    here.asked[0]!.answer();
    await here.clock.advance(4_000);
    here.asked[0]!.say('a');
    await here.clock.advance(4_999);
    expect(reader.seen).toEqual(['200', 'a']);
    await here.clock.advance(1);
    expect([reader.seen, reader.outcome.fault, here.asked[0]!.signal.aborted]).toEqual([
      ...[['200', 'a', 'cut'], undefined, true],
    ]);
  });

  test('is cut off when it breaks off, so that a part does not pass for the whole', async () => {
    const here = world();
    const reader = ask(here);
    here.asked[0]!.answer();
    here.asked[0]!.say('a');
    here.asked[0]!.breakOff();
    await settle();
    expect([reader.seen, here.relay.totals.unreachable]).toEqual([['200', 'a', 'cut'], 1]);
  });

  test('is cut off when it gets longer than 64 MiB', async () => {
    const here = world();
    const reader = ask(here);
    here.asked[0]!.answer();
    for (let i = 0; i < 65; i += 1) here.asked[0]!.say(Buffer.alloc(MIB));
    await tenths(here, 30);
    expect([reader.taking.bytes, reader.seen.at(-1), here.relay.totals.unfit]).toEqual([64 * MIB, 'cut', 1]);
    expect(here.asked[0]!.signal.aborted).toBe(true);
  });

  test('is refused with what went wrong when there is none', async () => {
    const here = world();
    const reader = ask(here);
    here.asked[0]!.fail('connect ECONNREFUSED');
    await settle();
    const message = 'the cluster eu (http://a:7777) cannot be reached: connect ECONNREFUSED';
    expect(reader.outcome.fault).toEqual({ status: 502, code: 'cluster-unreachable', message });
  });

  test('is refused when it is no answer of an agent', async () => {
    const here = world();
    const reader = ask(here);
    here.asked[0]!.answer(302);
    await settle();
    expect(reader.outcome.fault).toMatchObject({ status: 502, code: 'answer-unfit' });
    expect(reader.outcome.fault?.message).toMatch(/^the cluster eu \(http:\/\/a:7777\) answered 302, which leads/);
    expect([reader.seen, here.asked[0]!.signal.aborted, here.relay.totals.unfit]).toEqual([[], true, 1]);
  });

  test.each(['before it has begun', 'amid it'])('ends at once with a reader that goes away, %s', async (when) => {
    const here = world();
    const reader = ask(here);
    if (when === 'amid it') here.asked[0]!.answer();
    await settle();
    reader.leave();
    expect(here.asked[0]!.signal.aborted).toBe(true);
    await settle();
    expect([reader.outcome, here.relay.totals['reader-gone'], here.clock.armed]).toEqual([
      ...[{ isOver: true, fault: undefined }, 1, 0],
    ]);
  });

  test('has not failed when its reader goes away after it', async () => {
    const here = world();
    const reader = ask(here);
    here.asked[0]!.answer();
    here.asked[0]!.say(undefined);
    await settle();
    reader.leave();
    expect([here.asked[0]!.signal.aborted, here.relay.totals['reader-gone']]).toEqual([false, 0]);
  });

  test.each([
    ['nowhere', 'no other cluster is called nowhere: console.clusters has eu, us'],
    ['here', 'here is the cluster of this agent: ask it without /api/clusters/here'],
  ])('is none of %s', async (cluster, message) => {
    const here = world();
    const reader = ask(here, '/state.json', cluster);
    await settle();
    expect(reader.outcome.fault).toEqual({ status: 404, code: 'cluster-unknown', message });
    expect(here.asked).toEqual([]);
  });
});

describe('a stream of events', () => {
  test('may be silent for 60 s, and as long as it likes', async () => {
    const here = world();
    const reader = ask(here, '/api/events');
    here.asked[0]!.answer(200, EVENT_STREAM);
    for (let i = 0; i < 70; i += 1) here.asked[0]!.say(Buffer.alloc(MIB));
    while (reader.taking.bytes < 70 * MIB && here.clock.now() < 5_000) await tenths(here, 1);
    expect(reader.taking.bytes).toBe(70 * MIB);
    await here.clock.advance(59_900); // the tenth of a second in which it was silent first
    expect(reader.outcome.isOver).toBe(false);
    await here.clock.advance(100);
    expect([reader.seen.at(-1), here.relay.totals['timed-out']]).toEqual(['cut', 1]);
  });

  test('is an answer as any other when it is none', async () => {
    const here = world();
    const reader = ask(here, '/api/events');
    here.asked[0]!.answer(503);
    await here.clock.advance(5_000);
    expect(reader.seen).toEqual(['503', 'cut']);
  });

  test('has to begin within 5 s', async () => {
    const here = world();
    const reader = ask(here, '/api/events');
    await here.clock.advance(5_000);
    expect(reader.outcome.fault?.status).toBe(504);
  });
});

describe('what is asked at once', () => {
  test('is 16 questions to one cluster, and 32 to all', async () => {
    const here = world();
    const readers = Array.from({ length: 17 }, () => ask(here));
    await settle();
    expect([here.asked.length, readers[16]!.outcome.fault?.code]).toEqual([16, 'relay-busy']);
    for (let i = 0; i < 17; i += 1) ask(here, '/state.json', 'us');
    await settle();
    expect([here.asked.length, here.relay.totals.refused]).toEqual([32, 2]);
    here.asked[0]!.fail('no');
    await settle();
    ask(here);
    expect(here.asked.length).toBe(33);
  });

  test('is 64 streams of events, beside the questions', async () => {
    const here = world();
    const readers = Array.from({ length: 65 }, () => ask(here, '/api/events'));
    await settle();
    expect([here.asked.length, readers[64]!.outcome.fault?.status]).toEqual([64, 503]);
    ask(here);
    expect(here.asked.length).toBe(65);
  });

  test('is nothing any more when the agent ends: streams end, other answers are cut off', async () => {
    const here = world();
    const stop = new AbortController();
    const running = here.relay.run(stop.signal, () => undefined);
    const [stream, answer, waiting] = [ask(here, '/api/events'), ask(here), ask(here)];
    here.asked[0]!.answer(200, EVENT_STREAM);
    here.asked[1]!.answer();
    await settle();
    stop.abort();
    await running;
    await settle();
    expect([stream.seen, answer.seen, waiting.outcome.fault?.status]).toEqual([['200', 'end'], ['200', 'cut'], 503]);
    const late = ask(here);
    await settle();
    expect([late.outcome.fault?.status, here.asked.length, here.clock.armed]).toEqual([503, 3, 0]);
  });
});

describe('what passes in a tenth of a second', () => {
  test('is 3.2 MiB of all answers together, and a piece of each', async () => {
    const here = world();
    const floods = [ask(here, '/api/events'), ask(here, '/api/events', 'us')];
    for (const i of [0, 1]) {
      here.asked[i]!.answer(200, EVENT_STREAM);
      for (let j = 0; j < 100; j += 1) here.asked[i]!.say(Buffer.alloc(MIB / 8));
    }
    await tenths(here, 0);
    const before = floods.map(({ taking }) => taking.bytes / MIB);
    expect(before[0]! + before[1]!).toBeCloseTo(3.3, 0);
    const other = ask(here);
    here.asked[2]!.answer();
    here.asked[2]!.say('a');
    await settle();
    expect(other.taking.bytes).toBe(0);
    await tenths(here, 1);
    expect(other.taking.bytes).toBe(1);
    const after = floods.map(({ taking }) => taking.bytes / MIB);
    expect(after[0]! + after[1]!).toBeCloseTo(6.6, 0);
  });

  test('is nothing more for a reader that goes away while it waits', async () => {
    const here = world();
    const reader = ask(here, '/api/events');
    here.asked[0]!.answer(200, EVENT_STREAM);
    here.asked[0]!.say(Buffer.alloc(4 * MIB));
    here.asked[0]!.say('more');
    await settle();
    reader.leave();
    await settle();
    expect([reader.outcome.isOver, reader.taking.bytes, here.clock.armed]).toEqual([true, 4 * MIB, 0]);
  });
});

describe('how it stands with clusters', () => {
  const own = { name: 'here', isSelf: true, state: 'reachable', lastAnswerAgoMs: 0 };
  const eu = { name: 'eu', isSelf: false, url: 'http://a:7777' };
  const us = { name: 'us', isSelf: false, url: 'https://b/x', state: 'unasked', lastAnswerAgoMs: null };

  test('is not known of those that nobody has asked', () => {
    const { relay } = world();
    expect(relay.list()).toEqual([own, { ...eu, state: 'unasked', lastAnswerAgoMs: null }, us]);
  });

  test('is told by their last answer, whatever it says', async () => {
    const here = world();
    ask(here);
    await here.clock.advance(1_000);
    here.asked[0]!.answer(404);
    await here.clock.advance(2_000);
    expect(here.relay.list()).toEqual([own, { ...eu, state: 'reachable', lastAnswerAgoMs: 2_000 }, us]);
  });

  test('is told by the fault that came last, until there is an answer again', async () => {
    const here = world();
    ask(here);
    here.asked[0]!.answer();
    here.asked[0]!.say(undefined);
    await here.clock.advance(1_000);
    ask(here);
    here.asked[1]!.fail('no');
    await here.clock.advance(500);
    const message = 'the cluster eu (http://a:7777) cannot be reached: no';
    expect(here.relay.list()[1]).toEqual({ ...eu, state: 'unreachable', message, lastAnswerAgoMs: 1_500 });
    ask(here);
    here.asked[2]!.answer();
    await settle();
    expect(here.relay.list()[1]).toEqual({ ...eu, state: 'reachable', lastAnswerAgoMs: 0 });
  });

  test('is told by pieces of an answer as well, so by each sign of a stream', async () => {
    const here = world();
    ask(here, '/api/events');
    here.asked[0]!.answer(200, EVENT_STREAM);
    await here.clock.advance(15_000);
    here.asked[0]!.say(': still here\n\n');
    await here.clock.advance(1);
    expect(here.relay.list()[1]).toMatchObject({ state: 'reachable', lastAnswerAgoMs: 1 });
  });

  test('is not told by a question that fails after a later one was answered', async () => {
    const here = world();
    ask(here);
    await here.clock.advance(4_000);
    ask(here);
    here.asked[1]!.answer();
    await here.clock.advance(1_000);
    expect(here.relay.totals['timed-out']).toBe(1);
    expect(here.relay.list()[1]).toMatchObject({ state: 'reachable' });
  });
});
