import { expect, test } from '@jest/globals';
import { declarePeerFigures } from '../../src/metrics/peer-figures.js';
import { MetricsRegistry } from '../../src/metrics/registry.js';
import { samplesIn } from './exposition.js';

test('what the agents of other hosts are asked is a figure, by what came of it', async () => {
  const registry = new MetricsRegistry();
  declarePeerFigures(registry, () => ({ answered: 3, unanswered: 1, 'not-asked': 0 }));
  expect(samplesIn(await registry.text())).toEqual({
    'sidecar_peer_questions_total{outcome="answered"}': 3,
    'sidecar_peer_questions_total{outcome="unanswered"}': 1,
    'sidecar_peer_questions_total{outcome="not-asked"}': 0,
  });
});
