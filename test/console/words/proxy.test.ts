import { expect, test } from '@jest/globals';
import { causeText, rateText, serverWord } from '../../../src/console/words/proxy.js';

test.each([
  [0, '0'],
  [0.04, '<0.1'],
  [0.44, '0.4'],
  [3, '3'],
  [9.94, '9.9'],
  [9.96, '10'],
  [1_240.4, '1,240'],
])('%d per second is %s', (perSecond, text) => {
  expect(rateText(perSecond)).toBe(text);
});

test.each([
  ['no check', 100, 'Up', 'alive'],
  ['UP', 100, 'Up', 'alive'],
  ['UP', 0, 'Drains', 'draining'],
  ['UP 1/3', 100, 'Failing', 'unhealthy'],
  ['DOWN', 100, 'Down', 'unhealthy'],
  ['DOWN (agent)', 100, 'Down', 'unhealthy'],
  ['DOWN 1/2', 100, 'Rising', 'unhealthy'],
  ['DRAIN', 100, 'Drains', 'draining'],
  ['MAINT (resolution)', 100, 'Off', 'unknown'],
  ['UNHEARD', 100, 'UNHEARD', 'unknown'],
  ['', 100, 'Unknown', 'unknown'],
])('a server that is %s with weight %d is %s', (status, weight, word, tone) => {
  expect(serverWord(status, weight)).toEqual({ word, tone });
});

test('a cause that a newer agent knows is its own word', () => {
  expect([causeText('not-running'), causeText('moon-phase')]).toEqual(['HAProxy did not run', 'moon-phase']);
});
