import { describe, expect, test } from '@jest/globals';
import { convergenceNumbersOf, measureCluster, numbersOf } from '../../src/compose/metrics.js';
import type { HostStanding } from '../../src/convergence/convergence.js';
import type { MemberFacts } from '../../src/http/cluster.js';
import { MetricsRegistry } from '../../src/metrics/registry.js';
import { FakeCatalog, service, snapshotOf } from '../http/support.js';
import { samplesIn } from '../metrics/exposition.js';
import { proxyStatus, TROUBLED } from '../support/proxy-status.js';

const member = (name: string, state: MemberFacts['state']): MemberFacts => ({
  ...{ name, state, address: '10.0.0.1', port: 7946, isSelf: false },
  ...{
    incarnation: 1,
    lastHeardAgoMs: 0,
    roundTripMs: 0,
    skewMs: 0,
    versions: undefined,
    givenUpInMs: undefined,
    http: undefined,
  },
});

test('records are counted by status and members by state, what is not there as 0', async () => {
  const registry = new MetricsRegistry();
  const catalog = new FakeCatalog(
    snapshotOf([0, 0, 1, 4, 99].map((status, i) => service({ id: `s${i}`, hostname: `h${i % 2}`, status }))),
  );
  const cluster = { members: () => [member('h0', 'alive'), member('h1', 'alive'), member('h2', 'missing')] };
  measureCluster(registry, { catalog, cluster });
  expect(samplesIn(await registry.text())).toEqual({
    sidecar_catalog_content_version: catalog.snapshot().contentVersion,
    'sidecar_catalog_records{status="alive"}': 2,
    'sidecar_catalog_records{status="tombstone"}': 2,
    'sidecar_catalog_records{status="unhealthy"}': 0,
    'sidecar_catalog_records{status="unknown"}': 0,
    'sidecar_catalog_records{status="draining"}': 1,
    'sidecar_members{state="alive"}': 2,
    'sidecar_members{state="suspect"}': 0,
    'sidecar_members{state="dead"}': 0,
    'sidecar_members{state="left"}': 0,
    'sidecar_members{state="missing"}': 1,
  });
});

describe('the numbers of HAProxy', () => {
  test('are those of its status', () => {
    expect(numbersOf(TROUBLED)).toEqual({
      running: false,
      reloadsByCause: {},
      operationsByKind: {},
      failuresByCode: { CONFIG_REJECTED: 4 },
      setAside: 2,
      stale: 1,
      retiring: 2,
      oldProcesses: 1,
      endedOldProcesses: 2,
      driftFound: 2,
      driftRepaired: 1,
      appliedVersion: undefined,
      configBehind: true,
    });
    expect(numbersOf(proxyStatus())).toMatchObject({ running: true, appliedVersion: 42, configBehind: false });
  });
});

test('of convergence hosts are counted by state, and that which is furthest behind says how far', () => {
  const host = (name: string, state: 'level' | 'changing' | 'behind', behindMs: number): HostStanding => ({
    ...{ name, state, behindMs, viewHash: '0', isBehind: state === 'behind', wasSlowest: 0 },
  });
  const self = host('h1', 'level', 0);
  const delays = { p50Ms: 20, p99Ms: 90, lastMs: undefined, changes: 9, waiting: 2 };
  const counters = { matched: 9, untold: 1, dropped: 0, announcements: 4 };
  const hosts = [self, host('h2', 'behind', 7_000), host('h3', 'behind', 8_000), host('h4', 'changing', 9_000)];
  const contested = [{ servicePort: 80, holders: [] }];
  expect(convergenceNumbersOf({ self, delays, hosts, contested }, counters)).toEqual({
    delayMs: { p50: 20, p99: 90, last: undefined },
    waiting: 2,
    hostsByState: { level: 1, changing: 1, behind: 2, different: 0, silent: 0, unknown: 0 },
    behindMs: 8_000,
    contestedPorts: 1,
    counters,
  });
});
