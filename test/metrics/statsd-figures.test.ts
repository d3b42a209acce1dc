import { expect, test } from '@jest/globals';
import { MetricsRegistry } from '../../src/metrics/registry.js';
import { declareStatsdFigures } from '../../src/metrics/statsd-figures.js';
import { samplesIn } from './exposition.js';

test('what became of what was for statsd is counted', async () => {
  const registry = new MetricsRegistry();
  declareStatsdFigures(registry, () => ({ sent: 1, failed: 2, droppedLines: 3 }));
  expect(samplesIn(await registry.text())).toEqual({
    'sidecar_statsd_datagrams_total{outcome="sent"}': 1,
    'sidecar_statsd_datagrams_total{outcome="failed"}': 2,
    sidecar_statsd_dropped_lines_total: 3,
  });
});
