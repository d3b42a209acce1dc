import { expect, test } from '@jest/globals';
import { planCheck } from '../../src/health/check-plan.js';
import { NEW_CHECK } from '../../src/health/check-progress.js';
import { reportOf } from '../../src/health/check-report.js';
import { discovered } from '../support/records.js';

const DEFAULTS = { publishedAddress: '10.0.0.1', defaultCheckEndpoint: '/', checkIntervalMs: 1_000 };

test.each([
  ['HttpGet', 'http://user:s3cret@h:1/up?x=1', 'http', 'http://user:***@h:1/up?x=1'],
  ['Tcp', '[fd00::1]:80', 'tcp', '[fd00::1]:80'],
  ['External', 'check --password=s3cret', 'command', undefined],
  ['AlwaysSuccessful', 's3cret', 'known', undefined],
])('a report of a check of type %s tells what is asked, and no secret', (type, args, kind, target) => {
  const service = discovered({ check: { type, args } });
  const kept = { service, plan: planCheck(service, DEFAULTS), progress: NEW_CHECK, state: undefined, last: undefined };
  const report = reportOf({ ...kept, failures: 0, startedAt: 0, next: undefined }, 0, false);
  expect([report.kind, report.target]).toEqual([kind, target]);
  expect(JSON.stringify(report)).not.toContain('s3cret');
});
