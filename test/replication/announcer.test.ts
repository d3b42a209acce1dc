import { afterEach, describe, expect, test } from '@jest/globals';
import { Catalog } from '../../src/catalog/catalog.js';
import { Announcer } from '../../src/replication/announcer.js';
import { LocalServices } from '../../src/replication/local-services.js';
import { Status } from '../../src/service/service.js';

import { discovered, record } from '../support/records.js';
import { FakeClock, fakeWall } from '../support/time.js';
import { MemoryLog } from './memory-log.js';

const ID = discovered().id;
const PASSED = { status: 'healthy', reason: 'check-passed', output: '' } as const;

/** A host with one static source, its announcer running; wall time follows the clock unless it is made to jump. */
class Host {
  readonly clock = new FakeClock();
  jumpedNs = 0n;
  private readonly steady = fakeWall(this.clock);
  readonly wall = { nowNs: (): bigint => this.steady.nowNs() + this.jumpedNs };
  readonly catalog = new Catalog({ clusterName: 'default', hostname: 'h1' }, this.clock);
  readonly log = new MemoryLog();
  beats = 0;
  readonly announcer: Announcer;
  private readonly stopping = new AbortController();
  private readonly ended: Promise<void>;

  constructor(joined: Promise<void>) {
    const { catalog, clock, wall } = this;
    const local = new LocalServices({ hostname: 'h1', sources: ['static'] }, { catalog, clock, wall });
    const replicator = { beat: (): void => void (this.beats += 1) };
    this.announcer = new Announcer(
      local,
      { startupGraceMs: 5000 },
      { catalog, replicator, joined, clock, wall, log: this.log },
    );
    this.ended = this.announcer.run(this.stopping.signal, () => undefined);
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.ended;
    expect(this.clock.armed).toBe(0);
  }
}

describe('the announcer', () => {
  let host: Host | undefined;
  const start = (joined = Promise.resolve()): Host => (host = new Host(joined));

  afterEach(async () => {
    await host?.stop();
    host = undefined;
  });

  test('keeps deadlines, refreshes each second and expires what is old', async () => {
    const { announcer, catalog, clock, wall } = start();
    announcer.listed('static', [discovered()]);
    await clock.advance(1000);
    expect(catalog.get('h1', ID)?.status).toBe(Status.Unhealthy);
    announcer.checked(ID, PASSED);
    expect(catalog.get('h1', ID)?.status).toBe(Status.Alive);

    catalog.merge(record({ hostname: 'h2', updated: wall.nowNs() }), { reason: 'received' });
    await clock.advance(100_000);
    expect(catalog.get('h1', ID)?.status).toBe(Status.Alive);
    expect(catalog.get('h2', ID)?.status).toBe(Status.Tombstone);
    expect(announcer.vitals()).toEqual([]);
  });

  test.each([
    ['as soon as every source has listed and every instance is announced', [discovered()], 100],
    ['when nothing runs here', [], 0],
    ['after the grace, when a source never lists', undefined, 5000],
  ])('lets others act on the catalog %s', async (_when, services, afterMs) => {
    const { announcer, clock } = start();
    let settledAt: number | undefined;
    void announcer.settled.then(() => (settledAt = clock.now()));
    if (services) announcer.listed('static', services);
    clock.after(100, () => announcer.checked(ID, PASSED));
    await clock.advance(4999);
    expect(announcer.graceIsOver).toBe(false);
    await clock.advance(1);
    expect(announcer.graceIsOver).toBe(true);
    expect(settledAt).toBe(afterMs);
  });

  test('has others wait for the state of the cluster, too', async () => {
    let join = (): void => undefined;
    const { announcer, clock } = start(new Promise((resolve) => (join = resolve)));
    let isSettled = false;
    void announcer.settled.then(() => (isSettled = true));
    announcer.listed('static', []);
    await clock.advance(1000);
    expect(isSettled).toBe(false);
    join();
    await clock.advance(0);
    expect(isSettled).toBe(true);
  });

  test('is not informed before a source has listed, however long that takes', async () => {
    const { announcer, clock } = start();
    let informed = false;
    void announcer.informed.then(() => (informed = true));
    await clock.advance(60_000);
    expect(informed).toBe(false);
    announcer.listed('static', []);
    await clock.advance(0);
    expect(informed).toBe(true);
  });

  test('does not bury what runs here when the clock jumps ahead', async () => {
    const running = start();
    running.announcer.listed('static', [discovered()]);
    running.announcer.checked(ID, PASSED);
    const story: number[] = [];
    running.catalog.onChange(({ service }) => story.push(service.status));
    for (let i = 0; i < 4; i += 1) {
      running.jumpedNs += 3_600_000_000_000n;
      await running.clock.advance(1000);
    }
    expect(story).toEqual([]);
  });

  test('gives replication its beat each second', async () => {
    const running = start();
    await running.clock.advance(5000);
    expect(running.beats).toBe(5);
  });

  test('says what became of a record', () => {
    const { catalog, log } = start();
    const [first, other] = [record({ hostname: 'h2' }), record({ hostname: 'h2', image: 'registry.example/web:2' })];
    catalog.merge(first, { reason: 'received' });
    catalog.merge({ ...other, updated: first.updated + 1n }, { reason: 'received' });
    catalog.merge({ ...other, updated: first.updated + 2n, status: Status.Unhealthy }, { reason: 'received' });
    expect(log.lines).toEqual([
      'info web was added, Alive',
      'info web was changed, Alive',
      'info web is Alive → Unhealthy',
    ]);
  });

  test('tells of each change in a line of its own, but of thousands at once only how many there were', async () => {
    const { catalog, clock, log } = start();
    for (let i = 0; i < 2000; i += 1) catalog.merge(record({ hostname: 'h2', id: `id${i}` }), { reason: 'received' });
    expect(log.lines).toHaveLength(100);
    expect(log.lines[0]).toBe('info web was added, Alive');
    await clock.advance(1000);
    expect(log.lines.slice(100)).toEqual(['info 1900 more records changed within a second']);
    catalog.merge(record({ hostname: 'h3' }), { reason: 'received' });
    expect(log.lines).toHaveLength(102);
  });
});
