import { expect, test } from '@jest/globals';
import { declareHaproxyFigures, type HaproxyNumbers } from '../../src/metrics/haproxy-figures.js';
import { MetricsRegistry } from '../../src/metrics/registry.js';
import { samplesIn } from './exposition.js';

const NUMBERS: HaproxyNumbers = {
  running: true,
  reloadsByCause: { 'section-added': 2 },
  operationsByKind: { add: 10, weight: 3 },
  failuresByCode: { CONFIG_REJECTED: 4 },
  setAside: 1,
  stale: 2,
  retiring: 3,
  oldProcesses: 4,
  endedOldProcesses: 5,
  driftFound: 6,
  driftRepaired: 7,
  appliedVersion: 42,
  configBehind: false,
};

const withoutBuckets = (text: string): Readonly<Record<string, number>> =>
  Object.fromEntries(Object.entries(samplesIn(text)).filter(([name]) => !name.includes('_apply_seconds')));

test('every number of HAProxy is a figure of its own', async () => {
  const registry = new MetricsRegistry();
  declareHaproxyFigures(registry, () => NUMBERS);
  expect(withoutBuckets(await registry.text())).toEqual({
    sidecar_haproxy_running: 1,
    'sidecar_haproxy_reloads_total{cause="section-added"}': 2,
    'sidecar_haproxy_runtime_operations_total{kind="add"}': 10,
    'sidecar_haproxy_runtime_operations_total{kind="weight"}': 3,
    'sidecar_haproxy_apply_failures_total{code="CONFIG_REJECTED"}': 4,
    sidecar_haproxy_set_aside_services: 1,
    sidecar_haproxy_stale_services: 2,
    sidecar_haproxy_retiring_servers: 3,
    sidecar_haproxy_old_processes: 4,
    sidecar_haproxy_old_processes_ended_total: 5,
    sidecar_haproxy_drift_found_total: 6,
    sidecar_haproxy_drift_repaired_total: 7,
    sidecar_haproxy_applied_version: 42,
    sidecar_haproxy_config_behind: 0,
  });
});

test('an HAProxy that is not managed has no figures', async () => {
  const registry = new MetricsRegistry();
  declareHaproxyFigures(registry, () => undefined);
  expect(withoutBuckets(await registry.text())).toEqual({});
});

test('how long a change took is counted in seconds, from a millisecond to a minute', async () => {
  const registry = new MetricsRegistry();
  const { applied } = declareHaproxyFigures(registry, () => NUMBERS);
  for (const tookMs of [1, 12, 120, 90_000]) applied(tookMs);
  expect(samplesIn(await registry.text())).toMatchObject({
    'sidecar_haproxy_apply_seconds_bucket{le="0.001"}': 1,
    'sidecar_haproxy_apply_seconds_bucket{le="0.01"}': 1,
    'sidecar_haproxy_apply_seconds_bucket{le="0.05"}': 2,
    'sidecar_haproxy_apply_seconds_bucket{le="0.15"}': 3,
    'sidecar_haproxy_apply_seconds_bucket{le="60"}': 3,
    'sidecar_haproxy_apply_seconds_bucket{le="+Inf"}': 4,
    sidecar_haproxy_apply_seconds_sum: 90.133,
  });
});
