import { describe, expect, test } from '@jest/globals';
import { createApi } from '../../../src/console/data/api.js';
import { baseOf } from '../../../src/console/data/clusters.js';
import { Overview, type ClusterView } from '../../../src/console/data/overview.js';
import type { Reply } from '../../../src/console/data/ports.js';
import { FakeClock } from '../../support/time.js';
import { recordJson, stateJson } from '../support.js';

/** Clusters behind one agent; each answers what the test says. */
class World {
  readonly clock = new FakeClock();
  readonly overview: Overview;
  readonly asked: string[] = [];
  /** Standings as `/api/clusters` has them, beside the own one. */
  others: readonly Readonly<Record<string, unknown>>[] = [];
  readonly down = new Set<string>();
  readonly plain = new Set<string>();
  most = 0;
  private open = 0;
  tookMs = 10;
  records: readonly Readonly<Record<string, unknown>>[] = [recordJson()];

  constructor(...names: readonly string[]) {
    this.others = names.map((name) => ({ name, isSelf: false, state: 'unasked', lastAnswerAgoMs: null }));
    const api = (cluster: string | undefined) =>
      createApi((path, tag) => this.get(cluster ?? 'own', path, tag), cluster === undefined ? '' : baseOf(cluster));
    this.overview = new Overview(api, this.clock);
  }

  view(name: string): ClusterView | undefined {
    return this.overview.clusters().find((each) => each.name === name);
  }

  times(path: string): number {
    return this.asked.filter((each) => each === path).length;
  }

  async seek(): Promise<void> {
    this.overview.seek();
    await this.clock.advance(0);
  }

  private async get(cluster: string, path: string, tag: string | undefined): Promise<Reply> {
    this.asked.push(path);
    if (path === '/api/clusters' && this.down.has('own')) return reply(503, undefined);
    if (path === '/api/clusters')
      return reply(200, { clusters: [...this.others, { name: 'own', isSelf: true, state: 'reachable' }] });
    this.open += 1;
    this.most = Math.max(this.most, this.open);
    await new Promise<void>((over) => void this.clock.after(this.tookMs, over));
    this.open -= 1;
    if (this.down.has(cluster)) return reply(502, { message: `the cluster ${cluster} cannot be reached` });
    const answers: Readonly<Record<string, unknown>> = {
      '/api/members': { members: [{ name: 'node1', state: 'alive' }] },
      '/health': { problems: [] },
      '/api/convergence': { hosts: [] },
    };
    const below = path.replace(/^\/api\/clusters\/[^/]+/, '');
    if (below === '/api/state.json') {
      const now = JSON.stringify(this.records);
      return tag === now ? reply(304, undefined) : { ...reply(200, stateJson(...this.records)), tag: now };
    }
    const answer = this.plain.has(cluster) ? undefined : answers[below];
    return reply(answer === undefined ? 404 : 200, answer);
  }
}

const reply = (status: number, body: unknown): Reply => ({ status, body, agentTime: undefined });

async function watched(...names: readonly string[]): Promise<World> {
  const world = new World(...names);
  await world.seek();
  world.overview.start();
  await world.clock.advance(1_000);
  return world;
}

describe('the overview of clusters', () => {
  test('has the own cluster first, and asks nobody before somebody looks', async () => {
    const world = new World('eu');
    await world.seek();
    await world.clock.advance(5_000);
    expect(world.overview.clusters().map(({ name, isSelf }) => [name, isSelf])).toEqual([
      ['own', true],
      ['eu', false],
    ]);
    expect(world.asked).toEqual(['/api/clusters']);
  });

  test('tells of each what its agent tells', async () => {
    const world = await watched('eu');
    expect(world.view('eu')?.facts).toMatchObject({
      services: [{ name: 'web' }],
      members: [{ name: 'node1' }],
      problems: [],
      isPlain: false,
    });
  });

  test('of an original it knows the services alone', async () => {
    const world = new World('old');
    world.plain.add('old');
    await world.seek();
    world.overview.start();
    await world.clock.advance(1_000);
    expect(world.view('old')?.facts).toMatchObject({ isPlain: true, members: undefined });
    expect(world.view('old')?.facts?.services).toHaveLength(1);
    expect(world.asked).not.toContain('/api/clusters/old/health');
  });

  test('what did not change is the same object, and draws nothing anew', async () => {
    const world = await watched('eu');
    const before = world.view('eu');
    await world.clock.advance(4_000);
    expect(world.times('/api/clusters/eu/api/state.json')).toBeGreaterThan(1);
    expect(world.view('eu')).toBe(before);
    world.records = [recordJson({ Image: 'web:2' })];
    await world.clock.advance(4_000);
    expect(world.view('eu')?.facts?.services).not.toBe(before?.facts?.services);
  });

  test('of 32 clusters never more than two are asked at once, and each is asked', async () => {
    const names = Array.from({ length: 31 }, (_, i) => `c${i}`);
    const world = await watched(...names);
    await world.clock.advance(20_000);
    expect(world.most).toBe(2);
    expect(names.filter((name) => !world.view(name)?.facts)).toEqual([]);
  });

  test('of one that is away the last that is known stays, with since when, and it is asked less and less', async () => {
    const world = await watched('eu');
    world.down.add('eu');
    await world.clock.advance(4_000);
    const view = world.view('eu');
    expect(view?.away).toMatchObject({ fault: 'the cluster eu cannot be reached' });
    expect(view?.away?.since).toBeLessThan(4_000);
    expect(view?.facts?.services).toHaveLength(1);
    const before = world.times('/api/clusters/eu/api/state.json');
    await world.clock.advance(120_000);
    expect(world.times('/api/clusters/eu/api/state.json') - before).toBeLessThan(8);
    world.down.clear();
    await world.clock.advance(60_000);
    expect(world.view('eu')?.away).toBeUndefined();
  });

  test('since when one is away that never answered this page, the agent knows', async () => {
    const world = new World('eu');
    world.down.add('eu');
    await world.seek();
    world.others = [{ name: 'eu', isSelf: false, state: 'unreachable', message: 'no', lastAnswerAgoMs: 60_000 }];
    world.overview.start();
    await world.clock.advance(1_000);
    expect(world.view('eu')?.away?.since).toBeLessThan(-58_000);
  });

  test('which clusters there are is asked again until it is known, once each 5 s, and while somebody looks', async () => {
    const world = new World('eu');
    world.down.add('own');
    await world.seek();
    world.overview.rest();
    await world.clock.advance(60_000);
    expect([world.times('/api/clusters'), world.clock.armed]).toEqual([1, 0]);
    world.overview.seek();
    world.overview.rest();
    await world.seek();
    await world.clock.advance(10_000);
    expect(world.times('/api/clusters')).toBe(5);
    world.down.clear();
    await world.clock.advance(60_000);
    expect(world.times('/api/clusters')).toBe(6);
    expect(world.overview.clusters()).toHaveLength(2);
  });

  test('when nobody looks any more nobody is asked, and no timer is left', async () => {
    const world = await watched('eu');
    world.overview.stop();
    await world.clock.advance(1_000);
    const before = world.asked.length;
    await world.clock.advance(60_000);
    expect(world.asked.length).toBe(before);
    expect(world.clock.armed).toBe(0);
  });
});
