import { expect, test } from '@jest/globals';
import { readinessOf } from '../../src/http/readiness.js';

test('readiness waits for each precondition, in order, and never takes back what was met once', () => {
  const met = { discovery: false, haproxy: false };
  const readiness = readinessOf([
    { waitingFor: 'discovery', isMet: () => met.discovery },
    { waitingFor: 'haproxy', isMet: () => met.haproxy },
  ]);
  expect(readiness()).toEqual(['discovery', 'haproxy']);
  met.haproxy = true;
  expect(readiness()).toEqual(['discovery']);
  met.haproxy = false;
  met.discovery = true;
  expect(readiness()).toEqual([]);
});
