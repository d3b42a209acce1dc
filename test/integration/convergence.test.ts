import { rmSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { ConvergenceStatus, HostStanding } from '../../src/convergence/convergence.js';
import { target } from '../support/agent.js';
import { Cluster } from '../support/cluster.js';
import { freePorts, getJson } from '../support/network.js';
import { until } from '../support/until.js';

let cluster: Cluster;
let contestedPort: number;
let newPort: number;
let targets: (n: number) => readonly unknown[];
const ALWAYS = { Type: 'AlwaysSuccessful' };
/** No configuration is good enough for a host with that file. */
const REFUSES = 'verify_command = "test ! -e refuse-all"';

beforeAll(async () => {
  const servicePorts = await freePorts(5);
  [contestedPort = 0, newPort = 0] = servicePorts.splice(3);
  targets = (n) => [target(`web${n}`, 18_080, servicePorts[n - 1] ?? 0, ALWAYS)];
  cluster = await Cluster.start(3, { haproxy: [REFUSES], targets });
}, 60_000);

afterAll(() => cluster.destroy());

const convergence = async (n: number): Promise<ConvergenceStatus> =>
  (await getJson(cluster.agent(n).url('/api/convergence'))) as ConvergenceStatus;

/** What the n-th agent knows once it sees all three hosts level with itself. */
const whenLevel = (n: number): Promise<ConvergenceStatus> =>
  until(
    `h${n} sees all level`,
    async () => {
      const status = await convergence(n);
      return status.hosts.length === 3 && status.hosts.every(({ state }) => state === 'level') ? status : undefined;
    },
    60_000,
  );

test('every agent tells how long a drain took to the last of three HAProxys, and sees who serves what', async () => {
  const before = await Promise.all([1, 2, 3].map(whenLevel));
  const [instance] = await cluster.agent(1).instances('web1');
  expect(await cluster.agent(1).post(`/api/services/${instance?.ID ?? ''}/drain`)).toBe(202);
  await until('every agent counts the drain, and all know how long it took', async () => {
    const all = (await Promise.all([1, 2, 3].map(convergence))).map(({ delays }) => delays);
    const [first, ...others] = all.map(({ lastMs }) => lastMs ?? 0);
    // Each knows its own delay exactly, and those of the others to 2.4 %.
    const agree = others.every((lastMs) => first !== undefined && first > 0 && Math.abs(lastMs / first - 1) < 0.1);
    return agree && all.every(({ changes }, i) => changes > (before[i]?.delays.changes ?? Infinity));
  });
  const after = await Promise.all([1, 2, 3].map(whenLevel));
  const hashes = new Set(after.flatMap(({ hosts }) => hosts.map(({ viewHash }) => viewHash)));
  expect(hashes.size).toBe(1);
  expect(hashes).not.toContain(before[0]?.self.viewHash);
  expect(after.flatMap(({ contested }) => contested)).toEqual([]);
});

test('a host whose HAProxy takes no change is behind, as it sees itself and others do, until it takes the change', async () => {
  const [h1, h3] = [cluster.agent(1), cluster.agent(3)];
  const standingOf = async (seenBy: number): Promise<HostStanding | undefined> =>
    (await convergence(seenBy)).hosts.find(({ name }) => name === 'h3');
  const slowBefore = (await standingOf(1))?.wasSlowest ?? 0;
  writeFileSync(h3.path('refuse-all'), '');
  h1.writeTargets([...targets(1), target('new', 18_080, newPort, ALWAYS)]);
  for (const seenBy of [1, 2, 3]) {
    const standing = await until(`h${seenBy} sees h3 behind`, async () => {
      const seen = await standingOf(seenBy);
      return seen?.isBehind ? seen : undefined;
    });
    expect(standing.behindMs).toBeGreaterThan(5_000);
  }
  await until('h2 sees that h1 took the change, and h3 that it knows nothing of the others', async () => {
    const seen = (await Promise.all([2, 3].map(convergence))).map(({ hosts }) => hosts.map(({ state }) => state));
    return seen.join(' ') === 'level,level,behind unknown,unknown,behind';
  });
  expect(await h3.problems()).toContain('CONFIG_REJECTED');
  rmSync(h3.path('refuse-all'));
  for (const n of [1, 2, 3]) await whenLevel(n);
  const { delays, hosts } = await until('h1 counts the change', async () => {
    const status = await convergence(1);
    return (status.hosts[2]?.wasSlowest ?? 0) > slowBefore ? status : undefined;
  });
  expect(delays.lastMs).toBeGreaterThan(5_000);
  expect(hosts[2]?.name).toBe('h3');
}, 120_000);

test('every agent tells who gives a contested port to another service, and that it serves something else', async () => {
  cluster.cutOff(3);
  const contend = (n: number, name: string): void =>
    cluster.agent(n).writeTargets([...targets(n), target(name, 18_080, contestedPort, ALWAYS)]);
  contend(1, 'alpha');
  contend(3, 'beta');
  for (const [n, name] of ['alpha', 'alpha', 'beta'].entries()) {
    const agent = cluster.agent(n + 1);
    await until(`HAProxy of h${n + 1} has ${name}`, () => agent.config().includes(`${name}-${contestedPort}`));
  }
  cluster.heal();
  const holders = [
    { service: 'alpha', hosts: ['h1', 'h2'] },
    { service: 'beta', hosts: ['h3'] },
  ];
  for (const n of [1, 2, 3]) {
    await until(
      `h${n} knows who has the port where`,
      async () => {
        const { contested, hosts } = await convergence(n);
        const different = hosts.filter(({ state }) => state === 'different').map(({ name }) => name);
        const expected = n === 3 ? 'h1 h2' : 'h3';
        return (
          JSON.stringify(contested) === JSON.stringify([{ servicePort: contestedPort, holders }]) &&
          different.join(' ') === expected
        );
      },
      60_000,
    );
  }
});
