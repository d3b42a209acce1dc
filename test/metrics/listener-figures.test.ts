import { expect, test } from '@jest/globals';
import { declareListenerFigures } from '../../src/metrics/listener-figures.js';
import { MetricsRegistry } from '../../src/metrics/registry.js';
import { samplesIn } from './exposition.js';

test('listeners are counted together, whatever their number', async () => {
  const registry = new MetricsRegistry();
  declareListenerFigures(registry, () => ({
    byState: { ok: 5, retrying: 1, away: 2 },
    pending: 7,
    totals: { delivered: 100, skipped: 4, failures: 30 },
  }));
  expect(samplesIn(await registry.text())).toEqual({
    'sidecar_listeners{state="ok"}': 5,
    'sidecar_listeners{state="retrying"}': 1,
    'sidecar_listeners{state="away"}': 2,
    sidecar_listener_pending_events: 7,
    sidecar_listener_delivered_events_total: 100,
    sidecar_listener_skipped_events_total: 4,
    sidecar_listener_failures_total: 30,
  });
});
