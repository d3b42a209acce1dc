import { describe, expect, test } from '@jest/globals';
import { measureCluster, numbersOf } from '../../src/compose/metrics.js';
import type { MemberFacts } from '../../src/http/cluster.js';
import { MetricsRegistry } from '../../src/metrics/registry.js';
import { FakeCatalog, service, snapshotOf } from '../http/support.js';
import { samplesIn } from '../metrics/exposition.js';
import { proxyStatus, TROUBLED } from '../support/proxy-status.js';

const member = (name: string, state: MemberFacts['state']): MemberFacts => ({
  ...{ name, state, address: '10.0.0.1', port: 7946, isSelf: false },
  ...{ incarnation: 1, lastHeardAgoMs: 0, roundTripMs: 0, skewMs: 0, versions: undefined, givenUpInMs: undefined },
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
