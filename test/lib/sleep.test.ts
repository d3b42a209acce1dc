import { getEventListeners } from 'node:events';
import { expect, test } from '@jest/globals';
import { doneOrAborted } from '../../src/lib/sleep.js';

test('work in a loop leaves no listener behind, also when it fails', async () => {
  const { signal } = new AbortController();
  await doneOrAborted(Promise.resolve(), signal);
  await expect(doneOrAborted(Promise.reject(new Error('no')), signal)).rejects.toThrow('no');
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

test('work is not waited for when all is ending, before or during it', async () => {
  const end = new AbortController();
  const never = new Promise<void>(() => undefined);
  const waiting = doneOrAborted(never, end.signal);
  end.abort();
  await waiting;
  await doneOrAborted(never, end.signal);
});
