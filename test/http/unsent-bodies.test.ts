import { connect, type Socket } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { UnsentBodies } from '../../src/http/unsent-bodies.js';
import { until } from '../support/until.js';
import { appWith, FakeCatalog, service, serving, snapshotOf } from './support.js';

const BOUND = 64 * 1024 * 1024;

/** Readers of bodies of these sizes, in this order, each with whether it was cut. */
function readersOf(unsent: UnsentBodies, sizes: readonly number[], body = (): object => ({})) {
  return sizes.map((bytes) => {
    const reader = { cuts: 0, release: (): void => undefined };
    reader.release = unsent.hold(body(), bytes, () => (reader.cuts += 1));
    return reader;
  });
}

describe('the bodies that slow readers hold', () => {
  test('count once, however many readers share them, until the last one has it', () => {
    const unsent = new UnsentBodies();
    const shared = {};
    const [first, second] = readersOf(unsent, [1000, 1000], () => shared);
    readersOf(unsent, [10]);
    expect(unsent.numbers().bytes).toBe(1010);
    first?.release();
    first?.release();
    expect(unsent.numbers().bytes).toBe(1010);
    second?.release();
    expect(unsent.numbers()).toEqual({ bytes: 10, cut: 0 });
  });

  test('are cut off at the bound, those first that have been reading for the longest', () => {
    const unsent = new UnsentBodies();
    const readers = readersOf(unsent, [BOUND / 4, BOUND / 4, BOUND / 4, BOUND / 4]);
    expect(readers.map(({ cuts }) => cuts)).toEqual([0, 0, 0, 0]);
    readersOf(unsent, [BOUND / 4 + 1]);
    expect(readers.map(({ cuts }) => cuts)).toEqual([1, 1, 0, 0]);
    for (const { release } of readers) release();
    expect(unsent.numbers()).toEqual({ bytes: BOUND / 4 + 1, cut: 2 });
  });

  test('are all given up for one that is too large, which is served', () => {
    const unsent = new UnsentBodies();
    const before = readersOf(unsent, [1, 2, 3]);
    const [huge] = readersOf(unsent, [2 * BOUND]);
    expect([...before, huge].map((reader) => reader?.cuts)).toEqual([1, 1, 1, 0]);
    huge?.release();
    expect(unsent.numbers()).toEqual({ bytes: 0, cut: 3 });
  });
});

describe('a client that does not read its answer', () => {
  /** More than the system takes off our hands for a connection. */
  const catalog = new FakeCatalog(snapshotOf([service({ image: 'x'.repeat(12_000_000) })]));
  const ASK = 'GET /state.json HTTP/1.1\r\nHost: a\r\n\r\n';

  async function withClients(
    requests: readonly string[],
    act: (unsent: UnsentBodies, clients: readonly Socket[]) => Promise<void>,
  ): Promise<void> {
    const unsent = new UnsentBodies();
    await serving(appWith({ catalog, unsent }), async (port) => {
      const clients = requests.map((text) => {
        const client = connect(port, '127.0.0.1').pause();
        client.on('error', () => undefined).write(text);
        return client;
      });
      try {
        await act(unsent, clients);
      } finally {
        for (const client of clients) client.destroy();
      }
    });
  }

  test('holds the body until it goes', async () => {
    await withClients([ASK, ASK], async (unsent, clients) => {
      await until('the body is on its way', () => unsent.numbers().bytes > 12_000_000);
      expect(unsent.numbers().bytes).toBeLessThan(13_000_000);
      for (const client of clients) client.destroy();
      await until('nothing is held', () => unsent.numbers().bytes === 0);
    });
  });

  test('holds nothing any more once it has read it', async () => {
    await withClients([ASK], async (unsent, [client]) => {
      await until('the body is on its way', () => unsent.numbers().bytes > 0);
      client?.resume();
      await until('nothing is held', () => unsent.numbers().bytes === 0);
      // What the agent has given to the system may still be on its way to the client.
      await until('all of it is read', () => (client?.bytesRead ?? 0) > 12_000_000);
    });
  });

  test('holds nothing any more with requests that it sent before their turn, either', async () => {
    await withClients([ASK.repeat(20)], async (unsent, [client]) => {
      await until('the body is on its way', () => unsent.numbers().bytes > 0);
      client?.destroy();
      await until('nothing is held', () => unsent.numbers().bytes === 0);
    });
  });

  test('is cut off when others need the memory', async () => {
    await withClients([ASK], async (unsent, [client]) => {
      await until('the body is on its way', () => unsent.numbers().bytes > 0);
      unsent.hold({}, BOUND, () => undefined);
      client?.resume();
      await until('the connection is closed', () => client?.closed);
      expect(client?.bytesRead).toBeLessThan(12_000_000);
      expect(unsent.numbers()).toEqual({ bytes: BOUND, cut: 1 });
    });
  });
});
