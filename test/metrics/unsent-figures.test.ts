import { expect, test } from '@jest/globals';
import { MetricsRegistry } from '../../src/metrics/registry.js';
import { declareUnsentFigures } from '../../src/metrics/unsent-figures.js';
import { samplesIn } from './exposition.js';

test('every number of answers on their way is a figure of its own', async () => {
  const registry = new MetricsRegistry();
  declareUnsentFigures(registry, () => ({ bytes: 1, cut: 2 }));
  expect(samplesIn(await registry.text())).toEqual({
    sidecar_http_unsent_bytes: 1,
    sidecar_http_slow_readers_cut_total: 2,
  });
});
