import { beforeEach, describe, expect, test } from '@jest/globals';
import type { LookupAddress, LookupOptions } from 'node:dns';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { httpProbe } from '../../src/platform/http-probe.js';
import { Lookups, type ProbeLookups } from '../../src/platform/lookup.js';
import { tcpProbe } from '../../src/platform/tcp-probe.js';
import { FakeClock, settle } from '../support/time.js';
import { until } from '../support/until.js';

const TEN: LookupAddress = { address: '10.0.0.1', family: 4 };
const SIX: LookupAddress = { address: 'fd00::1', family: 6 };

let clock: FakeClock;
/** Names that the resolver was asked for, in order; those that it still has to answer. */
let asked: string[];
let open: { name: string; answer: (...addresses: LookupAddress[]) => Promise<void>; fail: () => Promise<void> }[];
let lookups: Lookups;

beforeEach(() => {
  clock = new FakeClock();
  [asked, open] = [[], []];
  lookups = new Lookups({
    clock,
    resolve: (name) =>
      new Promise((resolve, reject) => {
        asked.push(name);
        const end = (act: () => void) => {
          open = open.filter((one) => one !== entry);
          act();
          return settle();
        };
        const entry = {
          name,
          answer: (...addresses: LookupAddress[]) => end(() => resolve(addresses)),
          fail: () => end(() => reject(new Error(`getaddrinfo ENOTFOUND ${name}`))),
        };
        open.push(entry);
      }),
  });
});

const running = (): string[] => open.map(({ name }) => name);
const pending = (name: string) => open.find((one) => one.name === name)!;

/** A probe that looks up one name; what it is told is in `told`. */
function probe(name: string, options: LookupOptions = { all: true }): { told: unknown[]; names: ProbeLookups } {
  const told: unknown[] = [];
  const names = lookups.begin();
  names.lookup(name, options, (error, address, family) => {
    if (error) told.push(error.message);
    else
      told.push(typeof address === 'string' ? `${address} ${family ?? '?'}` : address.map((one) => one.address).join());
  });
  return { told, names };
}

/** What one more probe is told at once. */
async function toldOf(name: string, options?: LookupOptions): Promise<unknown[]> {
  const { told } = probe(name, options);
  await settle();
  return told;
}

describe('looking up names for probes', () => {
  test('many probes share one look-up of a name', async () => {
    const probes = [probe('a.test'), probe('a.test'), probe('a.test')];
    expect(running()).toEqual(['a.test']);
    expect(probes[0]?.names.isWaiting()).toBe(true);
    await pending('a.test').answer(TEN, SIX);
    for (const { told, names } of probes) {
      expect(told).toEqual(['10.0.0.1,fd00::1']);
      expect(names.isWaiting()).toBe(false);
    }
  });

  test('while one hangs the same name is not asked for again, and who gave up is not answered', async () => {
    const first = probe('a.test');
    first.names.end();
    const second = probe('a.test');
    await clock.advance(120_000);
    expect(asked).toEqual(['a.test']);
    await pending('a.test').answer(TEN);
    expect([first.told, second.told]).toEqual([[], ['10.0.0.1']]);
    expect(clock.armed).toBe(0);
  });

  test('two names at once; the others stand in line, and keep their place when nobody waits for them any more', async () => {
    for (const name of ['a.test', 'b.test', 'c.test', 'd.test']) probe(name).names.end();
    expect(running()).toEqual(['a.test', 'b.test']);
    const again = [probe('d.test'), probe('c.test')];
    await pending('b.test').answer(TEN);
    expect(running()).toEqual(['a.test', 'c.test']);
    await pending('c.test').answer(TEN);
    expect(running()).toEqual(['a.test', 'd.test']);
    await pending('d.test').answer(SIX);
    expect(again.map(({ told }) => told)).toEqual([['fd00::1'], ['10.0.0.1']]);
  });

  test('names that failed the last time leave one place to the others', async () => {
    for (const name of ['a.test', 'b.test']) probe(name);
    await pending('a.test').fail();
    await pending('b.test').fail();
    for (const name of ['a.test', 'b.test', 'good.test']) probe(name);
    expect(running()).toEqual(['a.test', 'good.test']);
    await pending('good.test').answer(TEN);
    expect(running()).toEqual(['a.test']);
    await pending('a.test').answer(TEN);
    expect(running()).toEqual(['b.test']);
  });

  test('an answer is used for 3 s, then it is asked for anew', async () => {
    probe('a.test');
    await pending('a.test').answer(TEN);
    await clock.advance(2_999);
    expect(await toldOf('a.test')).toEqual(['10.0.0.1']);
    expect(asked).toHaveLength(1);
    await clock.advance(1);
    const { told } = probe('a.test');
    await pending('a.test').answer(SIX);
    expect(told).toEqual(['fd00::1']);
  });

  test('where asking anew fails, or takes longer than half a second, the last known answer holds for 60 s', async () => {
    probe('a.test');
    await pending('a.test').answer(TEN);
    await clock.advance(30_000);
    const failing = probe('a.test');
    await pending('a.test').fail();
    expect(failing.told).toEqual(['10.0.0.1']);

    const hanging = probe('a.test');
    await clock.advance(499);
    expect(hanging.told).toEqual([]);
    await clock.advance(1);
    expect(hanging.told).toEqual(['10.0.0.1']);

    await clock.advance(30_000);
    const late = probe('a.test');
    await clock.advance(5_000);
    expect(late.told).toEqual([]);
    await pending('a.test').fail();
    expect(late.told).toEqual(['getaddrinfo ENOTFOUND a.test']);
    expect(asked).toHaveLength(3);
    expect(clock.armed).toBe(0);
  });

  test('a failure is not kept', async () => {
    const first = probe('a.test');
    await pending('a.test').fail();
    expect(first.told).toEqual(['getaddrinfo ENOTFOUND a.test']);
    const second = probe('a.test');
    await pending('a.test').answer(TEN);
    expect(second.told).toEqual(['10.0.0.1']);
  });

  test('literal addresses and localhost need no resolver', async () => {
    expect(await toldOf('localhost')).toEqual(['127.0.0.1,::1']);
    expect(await toldOf('LocalHost', { family: 6 })).toEqual(['::1 6']);
    expect(await toldOf('10.1.2.3', {})).toEqual(['10.1.2.3 4']);
    expect(await toldOf('fe80::1')).toEqual(['fe80::1']);
    expect(asked).toEqual([]);
  });

  test('only addresses of the family that is asked for are given', async () => {
    const four = probe('a.test', { family: 'IPv4' });
    const six = probe('a.test', { family: 6, all: true });
    await pending('a.test').answer(SIX);
    expect(four.told).toEqual(['a.test has no address']);
    expect(six.told).toEqual(['fd00::1']);
  });

  test('of more than 1024 names those that nobody needs are forgotten, and no other', async () => {
    probe('idle.test');
    await pending('idle.test').answer(TEN);
    for (let i = 0; i < 1_024; i += 1) probe(`${i}.test`);
    expect(await toldOf('more.test')).toEqual(['more.test is not looked up: 1024 names are waiting already']);
    await pending('0.test').answer(TEN);
    expect(await toldOf('more.test')).toEqual([]);
    expect(await toldOf('5.test')).toEqual([]); // it waits already
  });
});

describe('a probe of a name', () => {
  const limits = { timeoutMs: 10_000, signal: new AbortController().signal };

  async function serving(answer: RequestListener, use: (port: number) => Promise<void>): Promise<void> {
    const server = createServer(answer);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      await use((server.address() as AddressInfo).port);
    } finally {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  }

  test('connects to the address of its look-up, and asks for the name', async () => {
    const hosts: unknown[] = [];
    const answer: RequestListener = ({ headers }, response) => {
      hosts.push(headers.host);
      response.end();
    };
    await serving(answer, async (port) => {
      const probing = httpProbe(lookups)(new URL(`http://web.test:${port}/`), limits);
      const connecting = tcpProbe(lookups)({ host: 'web.test', port }, limits);
      await until('it is looked up', () => open.length === 1);
      await pending('web.test').answer({ address: '127.0.0.1', family: 4 });
      expect((await probing).outcome).toBe('passed');
      expect((await connecting).outcome).toBe('passed');
      expect(hosts).toEqual([`web.test:${port}`]);
    });
  });

  test('times out by its own limit while the look-up hangs, and says why', async () => {
    const soon = { ...limits, timeoutMs: 50 };
    expect(await httpProbe(lookups)(new URL('http://web.test/'), soon)).toEqual({
      outcome: 'timed-out',
      output: 'no address for the name in http://web.test/ within 50 ms',
    });
    expect(await tcpProbe(lookups)({ host: 'web.test', port: 1 }, soon)).toEqual({
      outcome: 'timed-out',
      output: 'no address for web.test within 50 ms',
    });
    expect(asked).toEqual(['web.test']);
  });

  test('of localhost passes while the look-ups of other names hang', async () => {
    for (const name of ['a.test', 'b.test', 'c.test', 'd.test']) probe(name);
    await serving(
      (_request, response) => response.end(),
      async (port) => {
        expect((await httpProbe(lookups)(new URL(`http://localhost:${port}/`), limits)).outcome).toBe('passed');
        expect((await tcpProbe(lookups)({ host: 'localhost', port }, limits)).outcome).toBe('passed');
      },
    );
  });

  test('fails with the words of the resolver', async () => {
    const probing = httpProbe(lookups)(new URL('http://web.test/'), limits);
    await until('it is looked up', () => open.length === 1);
    await pending('web.test').fail();
    expect(await probing).toEqual({ outcome: 'failed', output: 'http://web.test/: getaddrinfo ENOTFOUND web.test' });
  });
});
