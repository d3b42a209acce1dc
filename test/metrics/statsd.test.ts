import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { SocketAddress } from '../../src/lib/ip-address.js';
import { ProblemBoard } from '../../src/lib/problems.js';
import type { BindUdp } from '../../src/lib/udp-socket.js';
import { Statsd } from '../../src/metrics/statsd.js';
import { silent } from '../support/log.js';
import { fakeWall, FakeClock } from '../support/time.js';

let clock: FakeClock;
let problems: ProblemBoard;
let statsd: Statsd;
let stop: AbortController;
let ended: Promise<void>;
/** What the system was given, `to text` each, and what it answers. */
let sent: { readonly to: SocketAddress; readonly text: string }[];
let answer: (done: (errno: string | undefined) => void) => void;
let bound: SocketAddress[];
let open: number;
let lookup: () => Promise<readonly string[]>;
let totals: Record<string, number>;
let collect: (tookMs: number) => void;

const bindUdp: BindUdp = (at) => {
  bound.push(at);
  open += 1;
  return Promise.resolve({
    port: 40_000,
    send: (datagram, to, done) => {
      sent.push({ to, text: Buffer.from(datagram).toString() });
      answer(done);
    },
    close: () => {
      open -= 1;
      return Promise.resolve();
    },
  });
};
const lines = (): readonly string[] => sent.flatMap(({ text }) => text.trimEnd().split('\n'));
const codes = (): readonly string[] => problems.list().map(({ code }) => code);

beforeEach(async () => {
  clock = new FakeClock();
  problems = new ProblemBoard(fakeWall(clock));
  stop = new AbortController();
  [sent, bound, open, totals] = [[], [], 0, {}];
  answer = (done) => done(undefined);
  lookup = () => Promise.resolve(['10.0.0.9']);
  statsd = new Statsd(
    { host: 'stats.example', port: 8125, hostname: 'h1.example' },
    {
      read: () => ({ gauges: { 'runtime.alloc_bytes': 7 }, totals }),
      onGarbageCollection: (tell) => {
        collect = tell;
        return () => (collect = () => undefined);
      },
      lookup: () => lookup(),
      ...{ bindUdp, clock, problems, log: silent },
    },
  );
  ended = statsd.run(stop.signal, () => undefined);
  await clock.advance(0);
});

afterEach(async () => {
  stop.abort();
  await ended;
  expect([open, clock.armed]).toEqual([0, 0]);
});

describe('statsd', () => {
  test('is told what comes up within 100 ms in one datagram', async () => {
    statsd.gauge('delegate.pendingBroadcasts', 3);
    statsd.took('delegate.GetBroadcasts', 0.0556);
    await clock.advance(99);
    expect(sent).toEqual([]);
    await clock.advance(1);
    expect(sent).toEqual([
      {
        to: { address: '10.0.0.9', port: 8125 },
        text: 'sidecar.h1.example.delegate.pendingBroadcasts:3.000000|g\nsidecar.delegate.GetBroadcasts:0.055600|ms\n',
      },
    ]);
    expect(bound).toEqual([{ address: '0.0.0.0', port: 0 }]);
  });

  test('is told the gauges each second, and of totals what they rose by', async () => {
    totals = { 'memberlist.udp.sent': 100, 'memberlist.tcp.accept': 0 };
    await clock.advance(1100);
    const gauges = [
      'sidecar.h1.example.runtime.alloc_bytes:7.000000|g',
      'sidecar.h1.example.runtime.total_gc_pause_ns:0.000000|g',
      'sidecar.h1.example.runtime.total_gc_runs:0.000000|g',
    ];
    expect(lines()).toEqual([...gauges, 'sidecar.memberlist.udp.sent:100.000000|c']);
    sent = [];
    totals = { 'memberlist.udp.sent': 130, 'memberlist.tcp.accept': 1 };
    await clock.advance(1000);
    expect(lines()).toEqual([
      ...gauges,
      'sidecar.memberlist.udp.sent:30.000000|c',
      'sidecar.memberlist.tcp.accept:1.000000|c',
    ]);
    sent = [];
    await clock.advance(1000);
    expect(lines()).toEqual(gauges);
  });

  test('is told of garbage collections, each when it was and all together', async () => {
    collect(1.5);
    collect(0.5);
    await clock.advance(1100);
    expect(lines()).toEqual([
      'sidecar.runtime.gc_pause_ns:1500000.000000|ms',
      'sidecar.runtime.gc_pause_ns:500000.000000|ms',
      expect.anything(),
      'sidecar.h1.example.runtime.total_gc_pause_ns:2000000.000000|g',
      'sidecar.h1.example.runtime.total_gc_runs:2.000000|g',
    ]);
  });

  test('that refuses is one problem until a datagram is taken again, and keeps nobody waiting', async () => {
    answer = (done) => done('ENETUNREACH');
    await clock.advance(5100);
    expect(codes()).toEqual(['STATSD_UNREACHABLE']);
    expect(problems.list()[0]?.message).toContain('stats.example:8125 (stats_addr): ENETUNREACH');
    expect(statsd.numbers).toEqual({ sent: 0, failed: 5, droppedLines: 0 });
    answer = (done) => done(undefined);
    await clock.advance(1000);
    expect(codes()).toEqual([]);
    expect(statsd.numbers).toMatchObject({ sent: 1, failed: 5 });
  });

  test('whose name has no address is looked up again after 10 s, and each minute where it is', async () => {
    await clock.advance(60_000);
    expect(bound).toHaveLength(2);
    lookup = () => Promise.reject(new Error('getaddrinfo ENOTFOUND stats.example'));
    await clock.advance(60_000);
    expect(codes()).toEqual(['STATSD_UNREACHABLE']);
    expect(open).toBe(0);
    statsd.took('memberlist.gossip', 1);
    lookup = () => Promise.resolve(['2001:db8::9']);
    sent = [];
    await clock.advance(11_100);
    expect(bound.at(-1)).toEqual({ address: '::', port: 0 });
    expect(sent[0]?.to).toEqual({ address: '2001:db8::9', port: 8125 });
    expect(lines()).toContain('sidecar.memberlist.gossip:1.000000|ms');
    expect(codes()).toEqual([]);
  });

  test('is given no more than 64 datagrams at once when the system takes none, and what waits is bounded', async () => {
    const waiting: (() => void)[] = [];
    answer = (done) => waiting.push(() => done(undefined));
    for (let i = 0; i < 10_000; i += 1) {
      statsd.took('memberlist.gossip', i);
      if (i % 100 === 0) await clock.advance(100);
    }
    expect(sent).toHaveLength(64);
    expect(statsd.numbers.droppedLines).toBeGreaterThan(0);
    answer = (done) => done(undefined);
    for (const done of waiting) done();
    await clock.advance(1100);
    expect(sent.length).toBeGreaterThan(64);
    expect(statsd.numbers.sent).toBe(sent.length);
  });

  test('gets lines again by the next socket when the system never answers for one', async () => {
    answer = () => undefined;
    for (let i = 0; i < 10_000; i += 1) statsd.took('memberlist.gossip', i);
    await clock.advance(59_000);
    expect(sent).toHaveLength(64);
    answer = (done) => done(undefined);
    await clock.advance(3000);
    expect(sent.length).toBeGreaterThan(64);
    expect(statsd.numbers.sent).toBe(sent.length - 64);
  });

  test('gets all of a burst of 4,000 values, without any other to follow', async () => {
    const waiting: (() => void)[] = [];
    answer = (done) => waiting.push(() => done(undefined));
    for (let i = 0; i < 4_000; i += 1) statsd.took('services_state.AddServiceEntry', 0);
    for (let flush = 0; flush < 3; flush += 1) {
      await clock.advance(100);
      for (const done of waiting.splice(0)) done();
    }
    expect(lines()).toHaveLength(4_000);
    expect(statsd.numbers.droppedLines).toBe(0);
  });

  test('gets the last lines at the end, and none after it', async () => {
    statsd.took('memberlist.gossip', 1);
    stop.abort();
    await ended;
    expect(lines()).toContain('sidecar.memberlist.gossip:1.000000|ms');
    sent = [];
    statsd.took('memberlist.gossip', 2);
    await clock.advance(5000);
    expect(sent).toEqual([]);
  });
});
