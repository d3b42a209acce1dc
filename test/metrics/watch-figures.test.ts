import { expect, test } from '@jest/globals';
import { MetricsRegistry } from '../../src/metrics/registry.js';
import { declareWatchFigures } from '../../src/metrics/watch-figures.js';
import { samplesIn } from './exposition.js';

test('every number of those who watch is a figure of its own', async () => {
  const registry = new MetricsRegistry();
  const numbers = { watchers: 1, unsentBytes: 2, sent: 3, skipped: 4, cut: 5, refused: 6 };
  declareWatchFigures(registry, () => numbers);
  expect(samplesIn(await registry.text())).toEqual({
    sidecar_http_watchers: 1,
    sidecar_http_watch_unsent_bytes: 2,
    sidecar_http_watch_objects_total: 3,
    sidecar_http_watch_objects_skipped_total: 4,
    sidecar_http_watchers_cut_total: 5,
    sidecar_http_watchers_refused_total: 6,
  });
});
