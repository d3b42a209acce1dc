import { expect, test } from '@jest/globals';
import { MetricsRegistry } from '../../src/metrics/registry.js';
import { declareRelayFigures } from '../../src/metrics/relay-figures.js';
import { samplesIn } from './exposition.js';

test('questions to other clusters are counted together, by what came of them', async () => {
  const registry = new MetricsRegistry();
  declareRelayFigures(registry, () => ({
    ...{ answered: 6, unreachable: 5, 'timed-out': 4, unfit: 3, refused: 2, 'reader-gone': 1 },
  }));
  expect(samplesIn(await registry.text())).toEqual({
    'sidecar_http_cluster_questions_total{outcome="answered"}': 6,
    'sidecar_http_cluster_questions_total{outcome="unreachable"}': 5,
    'sidecar_http_cluster_questions_total{outcome="timed-out"}': 4,
    'sidecar_http_cluster_questions_total{outcome="unfit"}': 3,
    'sidecar_http_cluster_questions_total{outcome="refused"}': 2,
    'sidecar_http_cluster_questions_total{outcome="reader-gone"}': 1,
  });
});
