import { describe, expect, test } from '@jest/globals';
import { answer, sidecar, terminal } from '../agent-double.js';

const PROBLEM = {
  room: 'haproxy',
  code: 'CONFIG_REJECTED',
  subject: '',
  message: "haproxy rejected it\n\u001b[31m[ALERT] unknown keyword 'bnid'",
  since: '2026-11-22T11:16:33Z',
};
const READY = answer(200, { ready: true, waitingFor: [] });

describe('sidecar status', () => {
  test('is one line and 0 when all is well', async () => {
    const answers = { '/health': answer(200, { status: 'ok', problems: [] }), '/ready': READY };
    const { exitCode, out } = await sidecar('status', answers);
    expect([exitCode, out]).toEqual([0, '127.0.0.1:7777: healthy, ready, no problems\n']);
  });

  test('names each problem in its own words, which cannot command the terminal, and ends with 1', async () => {
    const problems = [PROBLEM, { ...PROBLEM, room: 'health', code: 'HANGS', subject: 'web-1', message: 'm' }];
    const { exitCode, out } = await sidecar('status', {
      '/health': answer(200, { status: 'ok', problems }),
      '/ready': READY,
    });
    expect(exitCode).toBe(1);
    expect(out.split('\n')).toEqual([
      '127.0.0.1:7777: healthy, ready, 2 problems',
      'haproxy CONFIG_REJECTED, since 2026-11-22T11:16:33Z',
      '  haproxy rejected it',
      "  \\u001b[31m[ALERT] unknown keyword 'bnid'",
      'health HANGS web-1, since 2026-11-22T11:16:33Z',
      '  m',
      '',
    ]);
  });

  test('has the times of the clock on the wall on a terminal', async () => {
    const answers = { '/health': answer(200, { status: 'ok', problems: [PROBLEM] }), '/ready': READY };
    const { out } = await sidecar('status', answers, {}, {}, { terminal: terminal(80) });
    expect(out).toMatch(/^haproxy CONFIG_REJECTED, since 2026-11-2\d \d\d:\d\d:33$/m);
  });

  test('says what an agent waits for that is not ready, and ends with 1', async () => {
    const { exitCode, out } = await sidecar('status', {
      '/health': answer(200, { status: 'ok', problems: [] }),
      '/ready': answer(503, { ready: false, waitingFor: ['discovery', 'haproxy'] }),
    });
    expect([exitCode, out]).toEqual([
      1,
      '127.0.0.1:7777: healthy, not ready, no problems\nwaiting for: discovery, haproxy\n',
    ]);
  });

  test('says why an agent is failing, and ends with 1', async () => {
    const health = { status: 'failing', reasons: ['the loop is stuck'], problems: [] };
    const answers = { '/health': answer(503, health), '/ready': READY };
    const { exitCode, out } = await sidecar('status', answers);
    expect([exitCode, out]).toEqual([1, '127.0.0.1:7777: failing, ready, no problems\nfailing: the loop is stuck\n']);
  });

  test('is one JSON object with --json', async () => {
    const { exitCode, out } = await sidecar('status --json', {
      '/health': answer(200, { status: 'ok', problems: [PROBLEM] }),
      '/ready': READY,
    });
    expect(exitCode).toBe(1);
    expect(JSON.parse(out)).toEqual({
      agent: '127.0.0.1:7777',
      status: 'ok',
      problems: [PROBLEM],
      ready: true,
      waitingFor: [],
    });
  });
});
