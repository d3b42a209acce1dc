import { beforeEach, describe, expect, test } from '@jest/globals';
import { Catalog } from '../../src/catalog/catalog.js';
import { ProblemBoard } from '../../src/lib/problems.js';
import { LocalServices } from '../../src/replication/local-services.js';
import { Replicator } from '../../src/replication/replicator.js';
import { serviceText } from '../../src/service/codec.js';
import { decodeService } from '../../src/service/decode-service.js';
import { Status, type Service } from '../../src/service/service.js';
import { decodeState, encodeState } from '../../src/service/state-codec.js';
import type { DiscoveredService } from '../../src/service/discovered.js';
import { silent } from '../support/log.js';
import { discovered, record } from '../support/records.js';
import { FakeClock, fakeWall } from '../support/time.js';

const T0 = record().updated;
const ID = record().id;
const PASSED = { status: 'healthy', reason: 'check-passed', output: '' } as const;

/** What one agent says and hears; only the bytes of its messages and states leave it. */
class Agent {
  readonly catalog: Catalog;
  readonly local: LocalServices;
  readonly replicator: Replicator;
  private round = 0;

  constructor(
    private readonly name: string,
    clock: FakeClock,
  ) {
    const wall = fakeWall(clock, T0);
    this.catalog = new Catalog({ clusterName: 'default', hostname: name }, clock);
    const { catalog } = this;
    this.local = new LocalServices({ hostname: name, sources: ['static'] }, { catalog, clock, wall });
    this.replicator = new Replicator(
      { hostname: name, maxFutureMs: 600_000, maxPayloadBytes: 1395 },
      {
        ...{ catalog, local: this.local, clock, wall, log: silent, problems: new ProblemBoard(wall) },
        members: { alive: () => ['h1', 'h2', 'h3'] },
        random: { below: () => 0 },
        nudge: () => undefined,
        exchangeWith: () => undefined,

        onDeath: () => undefined,
      },
    );
  }

  runs(overrides: Partial<DiscoveredService> = {}): void {
    this.local.listed('static', [discovered({ hostname: this.name, ...overrides })]);
    this.local.checked(ID, PASSED);
  }

  /** All that waits to be sent, once. */
  says(): readonly Uint8Array[] {
    const budget = { limitBytes: 1e9, overheadBytes: 3, round: (this.round += 1), transmitLimit: 1 };
    return this.replicator.takeBroadcasts(budget);
  }

  hears(payloads: readonly Uint8Array[]): void {
    for (const payload of payloads) this.replicator.onUserMessage(payload);
  }

  /** A full exchange: each gets the other's state as it was before. */
  exchangesWith(other: Agent): void {
    const [own, others] = [this.replicator.localState(false), other.replicator.localState(false)];
    this.replicator.onRemoteState(others);
    other.replicator.onRemoteState(own);
  }

  beats(): void {
    this.local.refresh();
    this.replicator.beat();
  }

  sees(host: string): Service | undefined {
    return this.catalog.get(host, ID);
  }
}

/** Messages as an original passes them on: without the keys that it does not know. */
const relayed = (payloads: readonly Uint8Array[]): readonly Uint8Array[] =>
  payloads.map((payload) => {
    const decoded = decodeService(payload);
    if (!decoded.ok) throw new Error(decoded.fault.code);
    return Buffer.from(serviceText(decoded.value));
  });

let clock: FakeClock;
let h1: Agent;
let h2: Agent;
let h3: Agent;
beforeEach(() => {
  clock = new FakeClock();
  [h1, h2, h3] = [new Agent('h1', clock), new Agent('h2', clock), new Agent('h3', clock)];
});

const second = async (): Promise<void> => {
  await clock.advance(1000);
  for (const agent of [h1, h2, h3]) agent.beats();
};

describe('weight and slow start', () => {
  const EXT = { weight: 50, slowStartMs: 10_000 };

  test('reach another agent by message and by state', () => {
    h1.runs(EXT);
    h2.hears(h1.says());
    h3.exchangesWith(h1);
    expect([h2.sees('h1'), h3.sees('h1')]).toMatchObject([{ ext: EXT }, { ext: EXT }]);
  });

  test.each([
    ['before', false],
    ['after', true],
  ])('are known when a copy that lost them comes %s the whole one', (_when, isWholeFirst) => {
    h1.runs(EXT);
    const whole = h1.says();
    const copies = [whole, relayed(whole)];
    for (const payloads of isWholeFirst ? copies : copies.reverse()) h2.hears(payloads);
    expect(h2.sees('h1')).toMatchObject({ ext: EXT, updated: h1.sees('h1')?.updated });
  });

  test.each([
    ['before', false],
    ['after', true],
  ])('that change are known when a copy that lost them comes %s the whole one', (_when, isWholeFirst) => {
    h1.runs(EXT);
    h2.hears(h1.says());
    h1.runs({ weight: 20 });
    const whole = h1.says();
    const copies = [whole, relayed(whole)];
    for (const payloads of isWholeFirst ? copies : copies.reverse()) h2.hears(payloads);
    expect(h2.sees('h1')?.ext).toEqual({ weight: 20 });
  });

  test('pass an original that refreshes the record without them', async () => {
    h1.runs(EXT);
    h2.hears(h1.says());
    for (let i = 0; i < 70; i += 1) {
      await second();
      h2.hears(relayed(h1.says()));
    }
    expect(h2.sees('h1')?.updated).toBeGreaterThan(T0 + 30_000_000_000n);
    expect(h2.sees('h1')?.ext).toEqual(EXT);
  });

  test('that an agent has completed are passed on by it', () => {
    h1.runs(EXT);
    const whole = h1.says();
    h2.exchangesWith(h3); // a newcomer tells nobody what it learns first
    h2.catalog.merge(record({ hostname: 'h3' }), { reason: 'received' });
    h2.hears(relayed(whole));
    h3.hears(h2.says());
    h2.hears(whole);
    h3.hears(h2.says());
    expect(h3.sees('h1')?.ext).toEqual(EXT);
  });

  test('taken back are taken back everywhere', () => {
    h1.runs(EXT);
    h2.hears(h1.says());
    h1.runs();
    h2.hears(h1.says());
    expect(h2.sees('h1')?.ext).toEqual({ weight: 100, slowStartMs: 0 });
  });

  test('of a label that was removed while the agent was down are taken back when peers tell of them', async () => {
    h1.runs(EXT);
    h2.hears(h1.says());
    await second();
    const again = new Agent('h1', clock);
    again.runs();
    h2.hears(again.says());
    expect(h2.sees('h1')?.ext).toEqual(EXT);
    again.exchangesWith(h2);
    h2.exchangesWith(again);
    h2.hears(again.says());
    expect(h2.sees('h1')?.ext).toEqual({ weight: 100, slowStartMs: 0 });
  });
});

describe('a drain', () => {
  const statuses = (): readonly unknown[] => [h1, h2, h3].map((agent) => agent.sees('h1')?.status);

  beforeEach(() => {
    h1.runs();
    const said = h1.says();
    for (const peer of [h2, h3]) peer.hears(said);
  });

  test('reaches others at once by message, and by state', () => {
    h1.local.drain(ID);
    h2.hears(h1.says());
    h3.exchangesWith(h1);
    expect(statuses()).toEqual([Status.Draining, Status.Draining, Status.Draining]);
  });

  test('is passed on by an original that knows no such status', () => {
    h1.local.drain(ID);
    h2.hears(relayed(h1.says()));
    expect(h2.sees('h1')?.status).toBe(Status.Draining);
  });

  test('ends everywhere, and what is late ends nothing and begins nothing', async () => {
    h1.local.drain(ID);
    const draining = h1.says();
    h2.hears(draining);
    h3.hears(draining);
    h1.local.endDrain(ID);
    const ended = h1.says();
    h2.hears(ended);
    h3.hears(ended);
    expect(statuses()).toEqual([Status.Unhealthy, Status.Unhealthy, Status.Unhealthy]);
    await second();
    await second();
    for (const peer of [h2, h3]) peer.hears([...h1.says(), ...draining, ...ended]);
    h3.exchangesWith(h1);
    h2.exchangesWith(h1);
    expect(statuses()).toEqual([Status.Alive, Status.Alive, Status.Alive]);
  });

  test('whose end a member missed ends there with the next state of its host, and is spread by nobody', async () => {
    h1.local.drain(ID);
    const draining = h1.says();
    h2.hears(draining);
    h3.hears(draining);
    h1.local.endDrain(ID);
    h2.hears(h1.says());
    await second();
    await second();
    const alive = h1.says();
    h2.hears(alive);
    h3.hears(alive);
    expect(statuses()).toEqual([Status.Alive, Status.Alive, Status.Draining]);
    h2.hears(h3.says());
    h2.exchangesWith(h3);
    expect(statuses()).toEqual([Status.Alive, Status.Alive, Status.Draining]);
    await second();
    h3.exchangesWith(h1);
    expect(statuses()).toEqual([Status.Alive, Status.Alive, Status.Alive]);
  });

  test('that began right before its agent was killed goes on when the next one hears of it', async () => {
    h1.local.drain(ID);
    h2.hears(h1.says());
    await second();
    h1 = new Agent('h1', clock);
    h1.replicator.restore([record()]);
    h1.local.listed('static', [discovered()]);
    h1.exchangesWith(h2);
    h2.hears(h1.says());
    expect(statuses().slice(0, 2)).toEqual([Status.Draining, Status.Draining]);
    h1.local.checked(ID, PASSED);
    await second();
    expect(h1.sees('h1')?.status).toBe(Status.Draining);
  });

  test('told by a state that calls itself of another host, or of none, ends by no alive record', () => {
    h1.local.drain(ID);
    h2.hears(h1.says());
    const alive = { ...record({ updated: T0 + 60_000_000_000n }), hostname: 'h1' };
    const servers = new Map([
      ['h1', { name: 'h1', services: new Map([[ID, alive]]), lastUpdated: 0n, lastChanged: 0n }],
    ]);
    const told = (hostname: string): string =>
      encodeState({ servers, lastChanged: 0n, clusterName: '', hostname }, serviceText);
    for (const hostname of ['', 'h3']) h2.replicator.onRemoteState(Buffer.from(told(hostname)));
    expect(h2.sees('h1')).toMatchObject({ status: Status.Draining, updated: alive.updated });
    const after = decodeState(h2.replicator.localState(false));
    expect(after.ok && after.value.services[0]).toMatchObject({ status: Status.Alive });
  });
});
