import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Endpoint } from '../../../src/gossip/core/ports.js';
import { DriverCounters } from '../../../src/gossip/driver/counters.js';
import { Deadlines } from '../../../src/gossip/driver/deadlines.js';
import { Joiner, type SeedAddress } from '../../../src/gossip/driver/joiner.js';
import type { StreamFault } from '../../../src/gossip/driver/stream-fault.js';
import { formatAddress } from '../../../src/lib/ip-address.js';
import { ok, refused, type Result } from '../../../src/lib/result.js';
import { FakeClock, settle } from '../../support/time.js';
import { recordingLog } from './support/recording-log.js';

const OWN = { address: '10.0.0.1', port: 7946 };
const REFUSED: StreamFault = { code: 'CONNECTION', detail: 'connect ECONNREFUSED' };

let clock: FakeClock;
let counters: DriverCounters;
let deadlines: Deadlines;
let log: ReturnType<typeof recordingLog>;
/** What each name stands for; others are never found. */
let names: Record<string, readonly string[] | Error>;
/** Joins that run, each with how to end it. */
let running: Map<string, (result: Result<undefined, StreamFault>) => Promise<void>>;
let tried: string[];
let present: Set<string>;
let rounds: boolean[];

beforeEach(() => {
  clock = new FakeClock();
  counters = new DriverCounters();
  deadlines = new Deadlines(clock);
  log = recordingLog();
  names = {};
  running = new Map();
  [tried, rounds] = [[], []];
  present = new Set();
});

function joiner(...seeds: readonly (string | SeedAddress)[]): Joiner {
  return new Joiner(
    {
      bind: { address: '0.0.0.0', port: 7946 },
      advertise: OWN,
      seeds: seeds.map((seed) => (typeof seed === 'string' ? { host: seed, port: undefined } : seed)),
      timeoutMs: 10_000,
    },
    {
      lookup: (host, signal) => {
        const found = names[host];
        if (found instanceof Error) return Promise.reject(found);
        if (found) return Promise.resolve(found);
        return new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('in vain'))));
      },
      exchange: (to: Endpoint) =>
        new Promise((resolve) => {
          const name = formatAddress(to);
          tried.push(name);
          running.set(name, (result) => {
            running.delete(name);
            resolve(result);
            return settle();
          });
        }),
      isPresent: (at) => present.has(formatAddress(at)),
      onSeedsTried: (answered) => rounds.push(answered),
      counters,
      deadlines,
      log: log.log,
    },
  );
}

async function join(one: Joiner, peers: readonly Endpoint[] = []): Promise<void> {
  one.join(peers.map((peer) => ({ name: peer.address, ...peer })));
  await settle();
}

const endAll = async (result: Result<undefined, StreamFault>): Promise<void> => {
  while (running.size > 0) for (const end of [...running.values()]) await end(result);
};

describe('seeds', () => {
  test('every address of every name is tried, by default at our own port', async () => {
    names = { one: ['10.0.0.2', '2001:DB8:0::2'], '::ffff:10.0.0.3': ['::ffff:10.0.0.3'] };
    await join(joiner('one', { host: '::ffff:10.0.0.3', port: 9000 }));
    expect(tried).toEqual(['10.0.0.2:7946', '[2001:db8::2]:7946', '10.0.0.3:9000']);
  });

  test('one that answers is enough', async () => {
    names = { one: ['10.0.0.2', '10.0.0.3'] };
    await join(joiner('one'));
    await running.get('10.0.0.2:7946')?.(refused(REFUSED));
    expect(rounds).toEqual([]);
    await running.get('10.0.0.3:7946')?.(ok(undefined));
    expect(rounds).toEqual([true]);
  });

  test('an endpoint of our own is skipped, and when there is no other nobody is waited for', async () => {
    names = { us: [OWN.address], alsoUs: ['10.0.0.9'] };
    await join(joiner('us', 'alsoUs'));
    expect(tried).toEqual(['10.0.0.9:7946']);
    await running.get('10.0.0.9:7946')?.(refused({ code: 'OURSELVES', detail: 'it is us' }));
    expect([rounds, log.lines]).toEqual([[true], []]);
  });

  test('without any seed there is no round', async () => {
    await join(joiner());
    expect(rounds).toEqual([]);
  });

  test('a name is looked up each time, and one that is not found has a deadline', async () => {
    const one = joiner('late');
    await join(one);
    await clock.advance(10_000);
    expect(rounds).toEqual([false]);
    names = { late: ['10.0.0.2'] };
    await join(one);
    expect(tried).toEqual(['10.0.0.2:7946']);
    expect(clock.armed).toBe(0);
  });

  test('while they are being tried they are not tried again', async () => {
    names = { one: ['10.0.0.2'], two: ['10.0.0.2'] };
    const one = joiner('one', 'two');
    await join(one);
    await join(one, [{ address: '10.0.0.2', port: 7946 }]);
    expect(tried).toEqual(['10.0.0.2:7946']);
    await endAll(refused(REFUSED));
    expect(rounds).toEqual([false]);
    await join(one);
    expect(tried).toHaveLength(2);
  });

  test('a failure is logged when it begins, when its reason changes, and when it is over', async () => {
    names = { one: ['10.0.0.2'], gone: new Error('getaddrinfo ENOTFOUND gone') };
    const one = joiner('one', 'gone');
    for (const result of [REFUSED, REFUSED, { ...REFUSED, detail: 'no route' }]) {
      await join(one);
      await endAll(refused(result));
    }
    await join(one);
    await endAll(ok(undefined));
    expect(log.lines).toEqual([
      'cannot find the seed gone: getaddrinfo ENOTFOUND gone',
      'cannot join through 10.0.0.2:7946: connect ECONNREFUSED',
      'cannot join through 10.0.0.2:7946: no route',
      'cannot join through 10.0.0.2:7946: answers again',
    ]);
  });

  test('at the stop a look-up ends, without a word', async () => {
    await join(joiner('late'));
    deadlines.stop();
    await settle();
    expect([rounds, log.lines, clock.armed]).toEqual([[], [], 0]);
  });
});

describe('peers', () => {
  const peers = Array.from({ length: 20 }, (_, i) => ({ address: `10.1.0.${i}`, port: 7946 }));

  test('eight are tried at once, and seeds do not wait behind them', async () => {
    names = { one: ['10.0.0.2'] };
    await join(joiner('one'), peers);
    expect(tried).toHaveLength(9);
    expect(tried).toContain('10.0.0.2:7946');
    await endAll(refused(REFUSED));
    expect(tried).toHaveLength(21);
  });

  test('of more than may wait the oldest are given up and counted, and can be tried again', async () => {
    const many = Array.from({ length: 1040 }, (_, i) => ({ address: `10.2.${i >> 8}.${i & 255}`, port: 7946 }));
    const one = joiner();
    await join(one, many);
    expect(counters.requestsDropped).toBe(1040 - 8 - 1024);
    await endAll(refused(REFUSED));
    await join(one, [{ address: '10.2.0.8', port: 7946 }]);
    expect([...running.keys()]).toEqual(['10.2.0.8:7946']);
  });

  test('a seed that is a member we are in touch with is not asked again', async () => {
    names = { '10.0.0.2': ['10.0.0.2'], '10.0.0.3': ['10.0.0.3'] };
    present.add('10.0.0.2:7946');
    joiner('10.0.0.2', '10.0.0.3').join([]);
    await settle();
    expect(tried).toEqual(['10.0.0.3:7946']);
  });
});
