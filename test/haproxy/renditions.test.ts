import { describe, expect, test } from '@jest/globals';
import { renditionOf, type Asker, type Rendition } from '../../src/haproxy/rendition.js';
import { Renditions, type RenditionDeps } from '../../src/haproxy/renditions.js';
import type { CatalogSnapshot } from '../../src/catalog/reader.js';
import { Status, type Service } from '../../src/service/service.js';
import { record } from '../support/records.js';
import { FakeClock, settle } from '../support/time.js';
import { builtIn, builtInText } from './support/render.js';
import { FilesDouble } from './support/room.js';
import { silentLogger } from './support/silent-logger.js';
import { snapshotOf, TestCatalog } from './support/snapshots.js';

const ANYONE: Asker = {
  ...{ bindIp: '', useHostnames: false, template: undefined },
  ...{ runtimeSocket: '', statsBind: '', user: '', group: '' },
};
const TEMPLATE = '/t/own.hbs';
const never = new AbortController().signal;
const known = (etag: string) => (other: string) => other === etag;

const web = (facts: Partial<Service> = {}): Service => record({ id: 'a', hostname: 'h2', ...facts });

/** What stands for an asker, as it would be with nothing beside the catalog. */
function textFor(asker: Partial<Asker>, snapshot: CatalogSnapshot): string {
  const rules = { ownPorts: new Map([[7777, 'the HTTP API']]), staleHoldMs: 60_000, hardStopAfterMs: 600_000 };
  const view = { holders: new Map(), isHeld: () => false, setAsideServices: new Map() };
  const made = renditionOf(snapshot, builtIn, { ...ANYONE, ...asker }, rules, view);
  if (!made.ok) throw new Error(made.fault.code);
  return made.value.text.toString();
}

/** A desk with everything around it in memory. */
class World {
  readonly clock = new FakeClock();
  readonly catalog = new TestCatalog();
  readonly files = new FilesDouble();
  readonly lost = new Map<string, number>();
  rejected: ReadonlyMap<string, string> = new Map();
  learn: () => void = () => undefined;
  readonly renditions: Renditions;
  private readonly ending = new AbortController();
  private readonly running: Promise<void>;

  constructor({ templateDir = '/t' } = {}) {
    this.files.texts.set(TEMPLATE, builtInText);
    const deps: RenditionDeps = {
      catalog: this.catalog,
      departures: {
        outOfSightForMs: (hostname, id) => {
          const at = this.lost.get(`${hostname}/${id}`);
          return at === undefined ? undefined : this.clock.now() - at;
        },
        nextEndMs: (holdMs) => {
          const left = [...this.lost.values()].map((at) => at + holdMs - this.clock.now()).filter((ms) => ms > 0);
          return left.length === 0 ? undefined : Math.min(...left);
        },
      },
      holders: () => new Map(),
      rejected: () => this.rejected,
      informed: new Promise<void>((resolve) => (this.learn = resolve)),
      files: this.files,
      clock: this.clock,
      log: silentLogger,
    };
    const options = { ownPorts: new Map(), staleHoldMs: 60_000, hardStopAfterMs: 600_000 };
    this.renditions = new Renditions({ ...options, templateFile: TEMPLATE, templateDir }, deps);
    this.running = this.renditions.run(this.ending.signal, () => undefined);
  }

  /** One that knows the cluster. */
  static async informed(setup?: ConstructorParameters<typeof World>[0]): Promise<World> {
    const world = new World(setup);
    world.catalog.hold([web()]);
    world.learn();
    await settle();
    return world;
  }

  async now(asker: Partial<Asker> = {}): Promise<Rendition> {
    const pulling = this.renditions.pull({ ...ANYONE, ...asker }, () => false, 0, never);
    await this.clock.advance(0); // its turn
    const pulled = await pulling;
    if (!pulled.ok) throw new Error(pulled.fault.code);
    return pulled.value;
  }

  async refusal(asker: Partial<Asker> = {}, etag = '', waitMs = 0): Promise<string> {
    const pulling = this.renditions.pull({ ...ANYONE, ...asker }, known(etag), waitMs, never);
    await this.clock.advance(0);
    const pulled = await pulling;
    return pulled.ok ? 'answered' : pulled.fault.code;
  }

  /** Waits for the successor of a text; what has come of it is in `answer`. */
  waitFor(etag: string, waitMs: number, asker: Partial<Asker> = {}, signal = never): { answer: Rendition | undefined } {
    const waiting: { answer: Rendition | undefined } = { answer: undefined };
    void this.renditions.pull({ ...ANYONE, ...asker }, known(etag), waitMs, signal).then((pulled) => {
      if (pulled.ok) waiting.answer = pulled.value;
    });
    return waiting;
  }

  /** Lets no time pass, and looks after each turn of what is due at once, until nothing more is seen. */
  async looks(most: number, look: () => number): Promise<readonly number[]> {
    const seen: number[] = [];
    const again = (): void => {
      seen.push(look());
      if ((seen.at(-1) ?? most) < most) this.clock.after(0, again);
    };
    this.clock.after(0, again);
    await this.clock.advance(0);
    return seen;
  }

  async end(): Promise<void> {
    this.ending.abort();
    await this.running;
  }
}

describe('a configuration for an HAProxy elsewhere', () => {
  test('holds the servers of the catalog, and of paths and accounts only what the asker has given', () => {
    const plain = textFor({}, snapshotOf([web()]));
    expect(plain).toContain('\tserver h2-a 10.79.0.1:10234 weight 100');
    expect(plain).toContain('\tbind :9999\n');
    expect(plain).not.toMatch(/stats {3}socket|frontend stats|\tuser |\tgroup |server-state-file/);
    const asker = {
      bindIp: '::1',
      runtimeSocket: '/run/h.sock',
      statsBind: '*:3212',
      user: 'haproxy',
      group: 'haproxy',
    };
    const full = textFor(asker, snapshotOf([web()]));
    expect(full).toContain('\tbind [::1]:9999\n');
    expect(full).toContain('stats   socket /run/h.sock mode 660 group haproxy');
    expect(full).toMatch(/frontend stats\n\tmode http\n\tbind \*:3212\n/);
    expect(full).toContain('\tuser haproxy\n\tgroup haproxy\n');
  });

  test('names servers by host where it is asked to, our own host included: the asker is not there', () => {
    const text = textFor({ useHostnames: true }, snapshotOf([web({ hostname: 'h1' })]));
    expect(text).toContain('\tserver h1-a h1:10234 ');
  });

  test('drains what drains', () => {
    expect(textFor({}, snapshotOf([web({ status: Status.Draining })]))).toContain('weight 0');
  });

  test('does without a service on a port of Sidecar, or on the statistics page of the asker', () => {
    const on = (servicePort: number): CatalogSnapshot =>
      snapshotOf([web({ ports: [{ type: 'tcp', port: 10234, servicePort, ip: '10.79.0.1' }] })]);
    expect(textFor({}, on(7777))).not.toContain('frontend web-7777');
    expect(textFor({}, on(3212))).toContain('frontend web-3212');
    expect(textFor({ statsBind: '*:3212' }, on(3212))).not.toContain('frontend web-3212');
  });

  test('does without a server that is the frontend itself', () => {
    const circle = web({ ports: [{ type: 'tcp', port: 9999, servicePort: 9999, ip: '10.9.9.9' }] });
    expect(textFor({}, snapshotOf([circle]))).toContain('server h2-a 10.9.9.9:9999 ');
    expect(textFor({ bindIp: '10.9.9.9' }, snapshotOf([circle]))).not.toContain('server h2-a');
  });
});

describe('before the agent knows the cluster', () => {
  test('there is no configuration, and none is rendered', async () => {
    const world = new World();
    world.catalog.hold([web()]);
    expect(await world.refusal()).toBe('not-informed');
    expect(world.renditions.counts()).toMatchObject({ renders: 0, refused: { 'not-informed': 1 } });
    world.learn();
    await settle();
    expect((await world.now()).text.toString()).toContain('server h2-a');
    await world.end();
  });
});

describe('a change', () => {
  test('is rendered once for all who wait for the same, and tells them at once', async () => {
    const world = await World.informed();
    const { etag } = await world.now();
    const waiters = Array.from({ length: 200 }, () => world.waitFor(etag, 30_000));
    await settle();
    expect(world.renditions.counts()).toMatchObject({ renders: 1, waiting: 200 });
    await world.clock.advance(1_000);
    world.catalog.hold([web(), web({ id: 'b' })]);
    await world.clock.advance(0);
    expect(new Set(waiters.map(({ answer }) => answer?.etag)).size).toBe(1);
    expect(waiters[0]?.answer?.text.toString()).toContain('server h2-b');
    expect(world.renditions.counts()).toMatchObject({ renders: 2, waiting: 0 });
    await world.end();
  });

  test('is told to a part of those who wait at a time', async () => {
    const world = await World.informed();
    const { etag } = await world.now();
    const waiters = Array.from({ length: 200 }, () => world.waitFor(etag, 30_000));
    await world.clock.advance(1_000);
    world.catalog.hold([web({ id: 'b' })]);
    const told = (): number => waiters.filter(({ answer }) => answer).length;
    expect(await world.looks(200, told)).toEqual([64, 128, 192, 200]);
    await world.end();
  });

  test('of a burst comes with the others after 50 ms, the first at once', async () => {
    const world = await World.informed();
    const { etag } = await world.now();
    await world.clock.advance(1_000);
    const first = world.waitFor(etag, 30_000);
    await settle();
    world.catalog.hold([web({ id: 'b' })]);
    await world.clock.advance(0);
    const second = world.waitFor(first.answer?.etag ?? '', 30_000);
    for (const id of ['c', 'd', 'e']) {
      await world.clock.advance(10);
      world.catalog.hold([web({ id })]);
    }
    await world.clock.advance(19);
    expect(second.answer).toBeUndefined();
    await world.clock.advance(1);
    expect(second.answer?.text.toString()).toContain('server h2-e');
    expect(world.renditions.counts().renders).toBe(3);
    await world.end();
  });

  test('that gives the same text wakes nobody', async () => {
    const world = await World.informed();
    const { etag } = await world.now();
    await world.clock.advance(1_000);
    const waiting = world.waitFor(etag, 30_000);
    await settle();
    world.catalog.hold([web(), record({ id: 'x', name: 'quiet', ports: null })]);
    await world.clock.advance(1_000);
    expect([waiting.answer, world.renditions.counts().renders]).toEqual([undefined, 2]);
    await world.end();
  });

  test('is waited for no longer than was asked, and then the known text comes back', async () => {
    const world = await World.informed();
    const { etag } = await world.now();
    const waiting = world.waitFor(etag, 30_000);
    await world.clock.advance(29_999);
    expect(waiting.answer).toBeUndefined();
    await world.clock.advance(1);
    expect(waiting.answer?.etag).toBe(etag);
    await world.end();
  });

  test('is waited for by nobody who has another text', async () => {
    const world = await World.informed();
    const waiting = world.waitFor('"another"', 30_000);
    await settle();
    expect(waiting.answer?.text.toString()).toContain('server h2-a');
    await world.end();
  });

  test('of the template reaches those who wait within a second; a broken one leaves the last good', async () => {
    const world = await World.informed();
    const { etag } = await world.now();
    const waiting = world.waitFor(etag, 30_000);
    await settle();
    world.files.texts.set(TEMPLATE, `${builtInText}# mine\n`);
    await world.clock.advance(1_000);
    expect(waiting.answer?.text.toString()).toContain('# mine');
    world.files.texts.set(TEMPLATE, '{{#each');
    world.catalog.hold([web({ id: 'z' })]);
    await world.clock.advance(1_000);
    expect((await world.now()).text.toString()).toMatch(/server h2-z [^]*# mine/);
    await world.end();
  });

  test('of what our own HAProxy refuses reaches those who use its template', async () => {
    const world = await World.informed();
    world.files.texts.set('/t/other.hbs', builtInText);
    const [own, other] = [await world.now(), await world.now({ template: 'other.hbs' })];
    const [ownWaits, otherWaits] = [
      world.waitFor(own.etag, 30_000),
      world.waitFor(other.etag, 30_000, { template: 'other.hbs' }),
    ];
    await settle();
    world.rejected = new Map([['web', 'no such keyword']]);
    await world.clock.advance(1_000);
    expect(ownWaits.answer?.text.toString()).not.toContain('frontend web');
    expect(otherWaits.answer).toBeUndefined();
    await world.end();
  });

  test('of a host that is lost keeps its servers, checked, until the hold ends', async () => {
    const world = await World.informed();
    const { etag } = await world.now();
    await world.clock.advance(1_000);
    const waiting = world.waitFor(etag, 300_000);
    await settle();
    world.lost.set('h2/a', world.clock.now());
    world.catalog.hold([web({ status: Status.Tombstone })]);
    await world.clock.advance(0);
    expect(waiting.answer?.text.toString()).toContain('server h2-a-stale 10.79.0.1:10234');
    const end = world.waitFor(waiting.answer?.etag ?? '', 300_000);
    await world.clock.advance(61_000);
    expect(end.answer?.text.toString()).not.toContain('server h2-a');
    expect(end.answer?.text.toString()).toContain('frontend web-9999');
    await world.end();
  });
});

describe('who waits', () => {
  test('is forgotten when the client goes', async () => {
    const world = await World.informed();
    const { etag } = await world.now();
    const armed = world.clock.armed;
    const gone = new AbortController();
    world.waitFor(etag, 30_000, {}, gone.signal);
    await settle();
    expect(world.renditions.counts().waiting).toBe(1);
    gone.abort();
    await settle();
    expect([world.renditions.counts().waiting, world.clock.armed]).toEqual([0, armed]);
    await world.end();
  });

  test('is answered when the agent ends, and nobody waits after that', async () => {
    const world = await World.informed();
    const { etag } = await world.now();
    const before = world.waitFor(etag, 30_000);
    await settle();
    await world.end();
    const after = world.waitFor(etag, 30_000);
    await settle();
    expect([before.answer?.etag, after.answer?.etag]).toEqual([etag, etag]);
    expect(world.clock.armed).toBe(0);
  });

  test('is one of at most 10,000', async () => {
    const world = await World.informed();
    const { etag } = await world.now();
    for (let i = 0; i < 10_000; i += 1) world.waitFor(etag, 30_000);
    await settle();
    expect(world.renditions.counts().waiting).toBe(10_000);
    expect(await world.refusal({}, etag, 30_000)).toBe('too-many-waiting');
    expect(await world.refusal()).toBe('answered');
    expect(world.renditions.counts().refused['too-many-waiting']).toBe(1);
    await world.end();
  });
});

describe('different configurations', () => {
  const bindIpOf = (i: number): Partial<Asker> => ({ bindIp: `10.0.0.${i}` });

  test('are kept for 32 kinds of askers; the longest unused makes room', async () => {
    const world = await World.informed();
    for (let i = 0; i < 32; i += 1) await world.now(bindIpOf(i));
    await world.now(bindIpOf(0));
    await world.now(bindIpOf(32));
    expect(world.renditions.counts()).toMatchObject({ renders: 33, kept: 32, dropped: 1 });
    await world.now(bindIpOf(0));
    expect(world.renditions.counts().renders).toBe(33);
    await world.now(bindIpOf(1));
    expect(world.renditions.counts()).toMatchObject({ renders: 34, kept: 32, dropped: 2 });
    await world.end();
  });

  test('are rendered one at a time', async () => {
    const world = await World.informed();
    for (let i = 0; i < 4; i += 1) world.waitFor((await world.now(bindIpOf(i))).etag, 30_000, bindIpOf(i));
    await world.clock.advance(1_000);
    world.catalog.hold([web({ id: 'b' })]);
    const renders = (): number => world.renditions.counts().renders;
    expect(await world.looks(8, renders)).toEqual([5, 6, 7, 8]);
    await world.end();
  });

  test('are refused when somebody waits for each that is kept', async () => {
    const world = await World.informed();
    for (let i = 0; i < 32; i += 1) world.waitFor((await world.now(bindIpOf(i))).etag, 30_000, bindIpOf(i));
    await settle();
    expect(await world.refusal(bindIpOf(32))).toBe('too-many-configurations');
    expect(await world.refusal(bindIpOf(3))).toBe('answered');
    await world.end();
  });

  test('by templates that are not there take no room', async () => {
    const world = await World.informed();
    expect(await world.refusal({ template: 'nope.hbs' })).toBe('unknown-template');
    world.files.texts.set('/t/broken.hbs', '{{#each');
    expect(await world.refusal({ template: 'broken.hbs' })).toBe('no-configuration');
    expect(world.renditions.counts().kept).toBe(0);
    expect(await (await World.informed({ templateDir: '' })).refusal({ template: 'own.hbs' })).toBe('unknown-template');
    await world.end();
  });
});
