import { expect, test } from '@jest/globals';
import { declareConditionFigures } from '../../src/metrics/condition-figures.js';
import { MetricsRegistry } from '../../src/metrics/registry.js';
import { samplesIn } from './exposition.js';

test('the condition of the agent and of its checks is told in figures', async () => {
  const registry = new MetricsRegistry();
  declareConditionFigures(registry, () => ({
    isReady: true,
    checks: { known: 5, waiting: 6, runs: 7, failures: 8 },
  }));
  expect(samplesIn(await registry.text())).toEqual({
    sidecar_ready: 1,
    sidecar_health_checks: 5,
    sidecar_health_checks_waiting: 6,
    sidecar_health_check_runs_total: 7,
    sidecar_health_check_failures_total: 8,
  });
});
