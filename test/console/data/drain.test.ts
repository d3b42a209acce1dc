import { describe, expect, test } from '@jest/globals';
import { createDrain } from '../../../src/console/data/drain.js';
import type { Reply } from '../../../src/console/data/ports.js';

const reply = (status: number, body: unknown): Reply => ({ status, body, agentTime: undefined });

describe('a drain', () => {
  test('is asked for with its time and the token, and ended by its ID', async () => {
    const asked: string[] = [];
    const drain = createDrain((method, path, token) => {
      asked.push(`${method} ${path} ${token ?? '-'}`);
      return Promise.resolve(reply(202, { Message: 'done' }));
    });
    expect(await drain('a/1', { does: 'begin', forTime: undefined }, undefined)).toEqual({
      ...{ state: 'accepted', text: 'done' },
    });
    await drain('a1', { does: 'begin', forTime: '15m' }, 'secret');
    await drain('a1', { does: 'end' }, 'secret');
    expect(asked).toEqual([
      'POST /api/services/a%2F1/drain -',
      'POST /api/services/a1/drain?for=15m secret',
      'DELETE /api/services/a1/drain secret',
    ]);
  });

  test.each([
    [401, 'token'],
    [403, 'forbidden'],
    [404, 'gone'],
    [503, 'failed'],
  ])('that is answered %d has the outcome %s, and the words of the agent', async (status, state) => {
    const drain = createDrain(() => Promise.resolve(reply(status, { message: 'the reason' })));
    expect(await drain('a1', { does: 'end' }, undefined)).toEqual({ state, text: 'the reason' });
  });

  test('that cannot be asked for does not reject', async () => {
    const drain = createDrain(() => Promise.reject(new Error('connection refused')));
    expect(await drain('a1', { does: 'end' }, undefined)).toEqual({ state: 'failed', text: 'connection refused' });
  });
});
