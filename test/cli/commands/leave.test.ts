import { describe, expect, test } from '@jest/globals';
import { answer, sidecar } from '../agent-double.js';

const LEAVING = { message: 'node1 withdraws its services, leaves the cluster prod, and ends' };

describe('sidecar leave', () => {
  test('asks once, with the token, and prints what happens', async () => {
    const outcome = await sidecar('leave', { '/api/leave': answer(202, LEAVING) }, { SIDECAR_TOKEN: 't0k' });
    expect(outcome).toEqual({
      exitCode: 0,
      out: `${LEAVING.message}\n`,
      err: '',
      sent: [],
      asked: ['POST http://127.0.0.1:7777/api/leave Bearer t0k'],
    });
  });

  test('prints why it was refused, and ends with 1', async () => {
    const refusal = answer(401, { message: 'this needs a token', status: 'error' });
    const { exitCode, out } = await sidecar('leave', { '/api/leave': refusal });
    expect([exitCode, out]).toEqual([1, 'this needs a token\n']);
  });

  test('prints the answer as it is with --json', async () => {
    const { exitCode, out } = await sidecar('leave --json', { '/api/leave': answer(202, LEAVING) });
    expect([exitCode, JSON.parse(out)]).toEqual([0, LEAVING]);
  });

  test('an agent of another version has not been told', async () => {
    const { exitCode, err } = await sidecar('leave', { '/api/leave': answer(200, {}) });
    expect([exitCode, err]).toEqual([2, expect.stringContaining('answers POST /api/leave with 200')]);
  });
});
