import { describe, expect, test } from '@jest/globals';
import { statsReader, type StatsRow } from '../../../src/haproxy/runtime-api/stats.js';
import { ok, type Result } from '../../../src/lib/result.js';
import { BACKEND_LINE, FRONTEND_LINE, SERVER_LINE, STATS_HEADER, statsLine } from '../support/stats.js';

function read(line: string): Result<StatsRow | undefined, string> {
  const reader = statsReader(STATS_HEADER);
  if (!reader.ok) throw new Error(reader.fault);
  return reader.value(line);
}

const RESPONSES = { '1xx': 1, '2xx': 2, '3xx': 3, '4xx': 4, '5xx': 5 };
const TROUBLES = { errors: { connect: 4, response: 5 }, retries: 6, redispatches: 7 };

describe('what HAProxy counts', () => {
  test('of a frontend', () => {
    const stats = {
      ...{
        name: 'web-9999',
        status: 'OPEN',
        sessions: 2,
        sessionsTotal: 9,
        sessionRate: 1,
        requests: 15,
        requestRate: 3,
      },
      ...{ errors: 6, denied: 7, bytesIn: 100, bytesOut: 2000, responses: RESPONSES },
    };
    expect(read(FRONTEND_LINE)).toEqual(ok({ of: 'frontend', stats }));
  });

  test('of a backend', () => {
    const stats = {
      ...{ name: 'web-9999', status: 'UP', sessions: 2, queued: 8, requests: 15 },
      ...{ ...TROUBLES, responses: RESPONSES },
    };
    expect(read(BACKEND_LINE)).toEqual(ok({ of: 'backend', stats }));
  });

  test('of a server, with where it is reached', () => {
    const stats = {
      ...{ backend: 'web-9999', server: 'h1-aa', status: 'UP', weight: 100, check: 'Layer7 check, passed' },
      ...{ sessions: 1, requests: 15, ...TROUBLES, bytesIn: 9, bytesOut: 10, responseMs: 12 },
    };
    expect(read(SERVER_LINE)).toEqual(ok({ of: 'server', stats, address: '10.79.0.1:10234' }));
  });

  test('is null for what it does not count in mode tcp', () => {
    for (const type of ['0', '1', '2']) {
      const row = read(statsLine({ type, mode: 'tcp', pxname: 'db', svname: 'x', rtime: '0' }));
      expect(row).toMatchObject({ value: { stats: { requests: null } } });
      expect(row).toMatchObject({ value: { stats: type === '2' ? { responseMs: null } : { responses: null } } });
    }
  });

  test('is no time of an answer before a server has answered, and no check where there is none', () => {
    const line = statsLine({ type: '2', mode: 'http', req_tot: '0', rtime: '0' });
    expect(read(line)).toMatchObject({ value: { stats: { responseMs: null, check: null } } });
  });

  test('of anything else is passed over', () => {
    expect(read(statsLine({ type: '3' }))).toEqual(ok(undefined));
  });

  test.each([
    ['a line that breaks off', SERVER_LINE.slice(0, 40)],
    ['a number that is none', SERVER_LINE.replace(',100,', ',many,')],
    ['a number below zero', SERVER_LINE.replace(',100,', ',-1,')],
    ['nothing', ''],
  ])('is refused where it is %s', (_, line) => {
    expect(read(line).ok).toBe(false);
  });

  test.each(['', 'Permission denied', STATS_HEADER.replace(',rtime', '')])('is refused after %j', (header) => {
    expect(statsReader(header).ok).toBe(false);
  });
});
