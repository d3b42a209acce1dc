import { expect, test } from '@jest/globals';
import type { CheckStanding } from '../../../src/http/routes/checks.js';
import { appWith, ask, serving } from '../support.js';

const HTTP: CheckStanding = {
  ...{ service: 'web', id: 'b', kind: 'http', target: 'http://10.0.0.5:8080/up', status: 'failed' },
  last: { outcome: 'timed-out', output: 'x'.repeat(4_096), endedAgoMs: 928.4567, tookMs: 3_000.06 },
  ...{ streak: 3, runs: 40, failures: 4, isWaiting: false, runningMs: undefined, nextInMs: 72.04 },
  ...{ intervalMs: 1_000, timeoutMs: 3_000, rise: 1, fall: 3 },
};
const COMMAND: CheckStanding = {
  ...HTTP,
  ...{ service: 'batch', id: 'c', kind: 'command', target: undefined, status: 'undecided', last: undefined },
  ...{ streak: 0, runs: 0, failures: 0, runningMs: 12.345, nextInMs: undefined },
};

test('/api/checks tells how each check stands, by service and id, and null for what is not known', async () => {
  const reports = (): readonly CheckStanding[] => [HTTP, COMMAND, { ...HTTP, id: 'a' }];
  await serving(appWith({ checks: { reports } }), async (port) => {
    const answer = await ask(port, '/api/checks');
    expect([answer.status, answer.headers.get('Cache-Control')]).toEqual([200, 'no-store']);
    const timing = { intervalMs: 1_000, timeoutMs: 3_000, rise: 1, fall: 3 };
    const web = {
      ...{ service: 'web', type: 'http', args: 'http://10.0.0.5:8080/up', status: 'failed', lastResult: 'timed-out' },
      ...{ output: `${'x'.repeat(1_023)}…`, endedAgoMs: 928.5, tookMs: 3_000.1, streak: 3, runs: 40, failures: 4 },
      ...{ isWaiting: false, runningMs: null, nextInMs: 72, ...timing },
    };
    expect(JSON.parse(answer.body)).toEqual({
      host: 'h1',
      checks: [
        {
          ...{ service: 'batch', id: 'c', type: 'command', args: null, status: 'undecided', lastResult: null },
          ...{ output: null, endedAgoMs: null, tookMs: null, streak: 0, runs: 0, failures: 0 },
          ...{ isWaiting: false, runningMs: 12.3, nextInMs: null, ...timing },
        },
        { ...web, id: 'a' },
        { ...web, id: 'b' },
      ],
    });
  });
});
