import { describe, expect, test } from '@jest/globals';
import { sidecar } from '../agent-double.js';

describe('sidecar dev', () => {
  test('runs an agent, and asks none', async () => {
    expect(await sidecar('dev')).toMatchObject({ exitCode: 0, out: '', asked: [] });
  });

  test.each(['host', 'host:', 'ftp://host:7777', 'host:7777/path'])('refuses to follow %s', async (agent) => {
    const { exitCode, err } = await sidecar(`dev --follow ${agent}`);
    expect(exitCode).toBe(2);
    expect(err).toContain('Expected HOST:PORT or https://HOST:PORT');
  });
});
