import { expect, test } from '@jest/globals';
import { declareDoorFigures } from '../../src/metrics/door-figures.js';
import { MetricsRegistry } from '../../src/metrics/registry.js';
import { samplesIn } from './exposition.js';

test('every number of the connections is a figure, those that were ended by their reason', async () => {
  const registry = new MetricsRegistry();
  declareDoorFigures(registry, () => ({ connections: 1, refused: 2, ended: { malformed: 3, 'not-tls': 0 } }));
  expect(samplesIn(await registry.text())).toEqual({
    sidecar_http_connections: 1,
    sidecar_http_connections_refused_total: 2,
    'sidecar_http_connections_ended_total{reason="malformed"}': 3,
    'sidecar_http_connections_ended_total{reason="not-tls"}': 0,
  });
});
