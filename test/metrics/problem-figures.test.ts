import { expect, test } from '@jest/globals';
import { MAX_PROBLEMS, ProblemBoard } from '../../src/lib/problems.js';
import { declareProblemFigures } from '../../src/metrics/problem-figures.js';
import { MetricsRegistry } from '../../src/metrics/registry.js';
import { FakeClock, fakeWall } from '../support/time.js';
import { samplesIn } from './exposition.js';

test('what is wrong now is counted by its code, and gone when it is over', async () => {
  const registry = new MetricsRegistry();
  const problems = new ProblemBoard(fakeWall(new FakeClock()));
  declareProblemFigures(registry, problems);
  const stale = { room: 'haproxy', code: 'SERVICE_STALE', message: 'is out of sight' };
  for (let i = 0; i < MAX_PROBLEMS + 2; i += 1) problems.raise({ ...stale, subject: `web-${i}` });
  expect(samplesIn(await registry.text())).toEqual({
    'sidecar_problems{code="SERVICE_STALE"}': MAX_PROBLEMS,
    sidecar_problems_dropped_total: 2,
  });
  problems.clearExcept('haproxy', 'SERVICE_STALE', new Set());
  problems.raise({ ...stale, code: 'CONFIG_REJECTED', subject: '' });
  expect(samplesIn(await registry.text())).toEqual({
    'sidecar_problems{code="CONFIG_REJECTED"}': 1,
    sidecar_problems_dropped_total: 2,
  });
});
