import { describe, expect, test } from '@jest/globals';
import {
  checkHappening,
  MemberNews,
  problemHappening,
  proxyHappening,
  refusalHappening,
} from '../../src/compose/happenings.js';
import type { Member, MemberEvent } from '../../src/gossip/core/ports.js';
import type { CheckState } from '../../src/health/check-report.js';

const H2: Member = {
  ...{ name: 'h2', address: '10.0.0.2', port: 7946, meta: new Uint8Array(), incarnation: 1, state: 'alive' },
  ...{ versions: { pmin: 1, pmax: 5, pcur: 2, dmin: 0, dmax: 0, dcur: 0 } },
  ...{ stateSince: 0, lastHeard: undefined, roundTripMs: undefined },
};

describe('of members is told', () => {
  const told = (news: MemberNews, type: MemberEvent['type'], member: Partial<Member> = {}): string | undefined => {
    const happening = news.happeningOf({ type, member: { ...H2, ...member } });
    return happening && `${happening.what}: ${happening.text}`;
  };

  test('that one is there, has left, or is dead', () => {
    const news = new MemberNews();
    expect(told(news, 'join')).toBe('joined: h2 is in the cluster, at 10.0.0.2:7946');
    expect(told(news, 'leave', { state: 'left' })).toBe('left: h2 has left the cluster');
    expect(told(news, 'leave', { state: 'dead' })).toBe('failed: h2 does not answer, and is held for dead');
    expect(told(news, 'update')).toBeUndefined();
  });

  test('that somebody claims the name of one, once while it is where it is', () => {
    const news = new MemberNews();
    const sentence = 'conflict: somebody claims the name of h2, which is alive at 10.0.0.2:7946';
    expect([told(news, 'conflict'), told(news, 'conflict')]).toEqual([sentence, undefined]);
    told(news, 'join');
    expect(told(news, 'conflict')).toBe(sentence);
  });
});

describe('of a check is told', () => {
  const state: CheckState = { status: 'failed', reason: 'check-failed', output: '500 no', endedAt: 0, runs: 3 };
  const told = (before: CheckState | undefined, withOutput = true, now = state): string | undefined =>
    checkHappening({ id: 'a', name: 'web' }, now, before, 'h1', withOutput)?.text;

  test('how it ended, when that is new or another than before', () => {
    expect(told(undefined)).toBe('the health check of web (a) failed: 500 no');
    expect(told({ ...state, output: '500 never' })).toBeUndefined();
    expect(told({ ...state, status: 'healthy' })).toBe('the health check of web (a) failed: 500 no');
    expect(told(state, true, { ...state, reason: 'check-timed-out', output: '' })).toBe(
      'the health check of web (a) did not end in time',
    );
  });

  test('not what it showed, where that is not wanted', () => {
    expect(told(undefined, false)).toBe('the health check of web (a) failed');
  });
});

describe('of problems is told', () => {
  const problem = { room: 'haproxy', code: 'SERVICE_PORT_TAKEN', subject: 'web:80 h1/a', message: 'no', sinceNs: 1n };

  test.each([
    ['web:80 h1/a', 'web'],
    ['web:80', 'web'],
    ['web', 'web'],
    ['"we b":80', undefined],
  ])('%s as what is set aside, with the service where its name is plain', (subject, service) => {
    const happening = problemHappening({ what: 'raised', problem: { ...problem, subject } }, 'h1');
    expect(happening).toMatchObject({ kind: 'set-aside', what: 'raised', service, subject, text: 'no' });
  });

  test('every other one as a problem, also its end', () => {
    const other = { ...problem, code: 'CONFIG_REJECTED', subject: '' };
    expect(problemHappening({ what: 'cleared', problem: other }, 'h1')).toEqual({
      ...{ kind: 'problem', what: 'cleared', host: 'h1', text: 'over: no', room: 'haproxy' },
      ...{ code: 'CONFIG_REJECTED', subject: '' },
    });
  });
});

test('of HAProxy is told what it has, by name, and how long it took', () => {
  const news = { what: 'reload', text: 'HAProxy was reloaded', reasons: ['forced'], code: undefined } as const;
  expect(proxyHappening({ ...news, tookMs: 1.23456, config: { digest: 'd', text: 't' } }, 'h1')).toEqual({
    ...{ kind: 'proxy', ...news, tookMs: 1.235, host: 'h1', digest: 'd' },
  });
});

test('of a refused record is told whose it is, and what is wrong with it', () => {
  const refused = {
    name: 'web',
    hostname: 'h2',
    id: 'a',
    code: 'STALE',
    why: 'is too old',
    atNs: 1n,
    updated: undefined,
  } as const;
  expect(refusalHappening(refused)).toMatchObject({
    ...{ kind: 'refusal', code: 'STALE', service: 'web', host: 'h2', instance: 'a' },
    text: 'web on h2 (a) was not taken from a peer: it is too old',
  });
});
