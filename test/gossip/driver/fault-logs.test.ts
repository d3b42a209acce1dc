import { expect, test } from '@jest/globals';
import { FailureLog } from '../../../src/gossip/driver/failure-log.js';
import { FaultTally } from '../../../src/gossip/driver/fault-tally.js';
import { recordingLog } from './support/recording-log.js';

test('faults are counted by code, and logged ever more rarely', () => {
  const { log, lines } = recordingLog();
  const tally = new FaultTally(log);
  for (let i = 1; i <= 10; i += 1) tally.note('GARBAGE', `garbage ${i}`, {});
  tally.note('OTHER', 'other', {});
  expect([...tally.counts]).toEqual([
    ['GARBAGE', 10],
    ['OTHER', 1],
  ]);
  expect(lines).toEqual(['garbage 1', 'garbage 2', 'garbage 4', 'garbage 8', 'other']);
});

test('of more subjects than are remembered the oldest is forgotten, and so logged again', () => {
  const { log, lines } = recordingLog();
  const failures = new FailureLog(log);
  for (let i = 0; i <= 1024; i += 1) failures.failed(`peer ${i}`, 'silent');
  failures.failed('peer 1024', 'silent');
  expect(lines).toHaveLength(1025);
  failures.failed('peer 0', 'silent');
  expect(lines).toHaveLength(1026);
});
