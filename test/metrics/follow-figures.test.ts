import { expect, test } from '@jest/globals';
import { declareFollowFigures, type FollowNumbers } from '../../src/metrics/follow-figures.js';
import { MetricsRegistry } from '../../src/metrics/registry.js';
import { samplesIn } from './exposition.js';

const samplesOf = async (numbers: FollowNumbers): Promise<Readonly<Record<string, number>>> => {
  const registry = new MetricsRegistry();
  declareFollowFigures(registry, () => numbers);
  return samplesIn(await registry.text());
};

test('who alerts on an old state sees its age, and that nobody is followed', async () => {
  expect(await samplesOf({ connected: false, stateAgeMs: 61_500, failures: 7 })).toEqual({
    sidecar_follow_connected: 0,
    sidecar_follow_state_age_seconds: 61.5,
    sidecar_follow_failures_total: 7,
  });
});

test('there is no age before the first state, and one that has just come is of age 0', async () => {
  expect(await samplesOf({ connected: false, stateAgeMs: undefined, failures: 0 })).not.toHaveProperty(
    'sidecar_follow_state_age_seconds',
  );
  expect(await samplesOf({ connected: true, stateAgeMs: 0, failures: 0 })).toMatchObject({
    sidecar_follow_connected: 1,
    sidecar_follow_state_age_seconds: 0,
  });
});
