import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { DiscoveryProcess, type Holding } from '../support/discovery-memory.js';
import { RealEngine, whyNoEngine } from '../support/docker-engine.js';
import { SocketRelay } from '../support/socket-relay.js';
import { until } from '../support/until.js';

const [EVENTS_BEFORE, EVENTS] = [500, 2_500];
const [CUTS_BEFORE, CUTS] = [10, 100];
const CONTAINERS = 4;
const SLACK_BYTES = 2 * 1_048_576;

const why = whyNoEngine();
if (why !== undefined) process.stderr.write(`skipped the tests of memory with a Docker Engine: ${why}\n`);
const describeWithEngine = why === undefined ? describe : describe.skip;

let engine: RealEngine;
let dir: string;
let relay: SocketRelay;
let discovery: DiscoveryProcess;

describeWithEngine('discovery on a real engine', () => {
  beforeAll(async () => {
    engine = await RealEngine.start();
  });
  afterAll(() => engine.destroy());
  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'sidecar-relay-'));
    relay = await SocketRelay.start(join(dir, 'relay.sock'), engine.socket);
    discovery = new DiscoveryProcess(join(dir, 'relay.sock'));
    await untilConnected();
  });
  afterEach(async () => {
    await discovery.destroy();
    await relay.destroy();
    rmSync(dir, { recursive: true });
    await engine.removeContainers();
  });

  test('holds after 2,500 starts and stops what it held after 500', async () => {
    const containers = await Promise.all(Array.from({ length: CONTAINERS }, (_, i) => engine.run(`web-${i}`)));
    const stopAndStart = async (events: number): Promise<void> => {
      let left = events;
      const lanes = containers.map(async (container) => {
        for (; left > 0; left -= 2) {
          await container.stop();
          await container.start();
        }
      });
      await Promise.all(lanes);
    };
    await stopAndStart(EVENTS_BEFORE);
    const before = await discovery.look();
    await stopAndStart(EVENTS - EVENTS_BEFORE);
    const after = await discovery.look();
    expect(after.events - before.events).toBeGreaterThanOrEqual(EVENTS - EVENTS_BEFORE);
    expect(after.losses).toBe(0);
    expectNoMore(before, after);
  }, 900_000);

  test('holds after 100 lost connections what it held before', async () => {
    await engine.run('web');
    const cut = async (times: number): Promise<void> => {
      for (let n = 0; n < times; n += 1) {
        relay.cut();
        await until('the event stream is cut', () => relay.streams === 0);
        await untilConnected();
      }
    };
    await cut(CUTS_BEFORE);
    const before = await discovery.look();
    await cut(CUTS);
    const after = await discovery.look();
    expect(after.losses - before.losses).toBe(CUTS);
    expect(after.lists - before.lists).toBeGreaterThan(0);
    expectNoMore(before, after);
  }, 300_000);
});

const untilConnected = (): Promise<unknown> => until('discovery follows the events', () => relay.streams === 1);

function expectNoMore(before: Holding, after: Holding): void {
  expect(after.heap).toBeLessThan(before.heap + Math.max(SLACK_BYTES, before.heap / 10));
  expect([after.files, after.listeners]).toEqual([before.files, before.listeners]);
}
