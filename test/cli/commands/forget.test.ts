import { describe, expect, test } from '@jest/globals';
import { answer, sidecar } from '../agent-double.js';

describe('sidecar forget', () => {
  test('names the member in the path, whatever characters it has, and prints what the agent says', async () => {
    const path = '/api/members/n%C3%B6de%2F2/forget';
    const { exitCode, out, asked } = await sidecar('forget nöde/2', { [path]: answer(200, { message: 'forgotten' }) });
    expect([exitCode, out, asked]).toEqual([0, 'forgotten\n', [`POST http://127.0.0.1:7777${path}`]]);
  });

  test.each([404, 409])('ends with 1 when the agent refuses with %d', async (status) => {
    const refusal = answer(status, { message: 'no\u001b[2J', status: 'error' });
    const { exitCode, out } = await sidecar('forget node2', { '/api/members/node2/forget': refusal });
    expect([exitCode, out]).toEqual([1, 'no\\u001b[2J\n']);
  });
});
