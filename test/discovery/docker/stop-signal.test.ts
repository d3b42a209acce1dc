import { describe, expect, test } from '@jest/globals';
import { signalNumber } from '../../../src/discovery/docker/stop-signal.js';

describe('a stop signal', () => {
  test.each([
    ['SIGTERM', 15],
    ['TERM', 15],
    ['sigquit', 3],
    ['9', 9],
    ['SIGUSR1', 10],
    ['SIGCHLD', 17],
    ['SIGWINCH', 28],
    ['SIGSYS', 31],
    ['SIGRTMIN', 34],
    ['SIGRTMIN+3', 37],
    ['RTMAX-1', 63],
  ])('%s is the number %d of Linux', (text, number) => {
    expect(signalNumber(text)).toBe(number);
  });

  test.each(['', 'SIG', 'SIGNAL', '15 ', '-1', 'RTMIN3'])('%j is none', (text) => {
    expect(signalNumber(text)).toBeUndefined();
  });
});
