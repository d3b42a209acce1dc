import { describe, expect, test } from '@jest/globals';
import { formatTimestamp } from '../../../src/service/timestamp.js';
import { proxyStatus, TROUBLED } from '../../support/proxy-status.js';
import { localTime } from '../../../src/cli/local-time.js';
import { answer, NOON_MS, sidecar, terminal, type Outcome } from '../agent-double.js';

/** As the agent sends it. */
const sent = (facts: object): object =>
  JSON.parse(
    JSON.stringify(facts, (_, value: unknown) =>
      typeof value === 'bigint' ? formatTimestamp(value) : (value ?? null),
    ),
  ) as object;
const shown = (facts: object, flags = ''): Promise<Outcome> =>
  sidecar(`proxy ${flags}`, { '/api/proxy': answer(200, sent(facts)) }, {}, {}, { terminal: terminal(80) });

/** By the clock on the wall of whoever runs this. */
const THEN = localTime(Date.parse('2026-11-22T11:10:00Z'), NOON_MS);

describe('sidecar proxy', () => {
  test('is short when all is well, and ends with 0', async () => {
    const { exitCode, out } = await shown(proxyStatus());
    expect(exitCode).toBe(0);
    expect(out.split('\n')).toEqual([
      'HAProxy runs, all is well',
      '',
      'processes    4711',
      'catalog      version 42 applied, 42 is current',
      'view         9f3a',
      `last change  ${THEN}, by command in 12ms: 2 servers added`,
      'reloads      3 (section-added 2, forced 1)',
      `last reload  ${THEN}, frontend added: web-8080`,
      'operations   18 (add 10, remove 8)',
      'drift        0 found, 0 repaired in 120 looks',
      'Runtime API  /run/haproxy.sock, HAProxy 2.6.12',
      'file         /etc/haproxy.cfg, verified',
      '',
    ]);
  });

  test('says first what is wrong, in words that cannot command the terminal, and ends with 1', async () => {
    const { exitCode, out } = await shown(TROUBLED);
    expect(exitCode).toBe(1);
    expect(out.split('\n')).toEqual([
      'HAProxy does not run, 9 things are wrong',
      '! no HAProxy of this agent is running',
      '! HAProxy does not serve what this agent knows yet',
      `! since ${THEN}: TEMPLATE_MISSING template_file t.hbs does not exist`,
      '! Runtime API not used, every change is a reload: it is not there',
      '! /etc/haproxy.cfg is behind what HAProxy runs: no space left on device',
      `! bad:9999 is set aside since ${THEN}: CONFIG_REJECTED HAProxy:`,
      '  \\u001b[31mno',
      `! worse is set aside since ${THEN}: NAME_UNSAFE no name`,
      '! lost:8081 is out of sight for 1.0m, its last 3 servers are kept',
      '! the template has no option idle-close-on-response',
      '',
      `processes    old 4500 since ${THEN}`,
      'catalog      version none applied, 43 is current',
      'view         none yet',
      'last change  none yet',
      'reloads      0',
      'operations   0',
      'retiring     web-8080/node1-a for 12s, 3 sessions',
      'retiring     web-8080/node1-b for 900ms, sessions unknown',
      'drift        2 found, 1 repaired in 9 looks',
      `last drift   ${THEN}, web-8080/node1-a: weight 1 instead of 100`,
      'Runtime API  /run/haproxy.sock',
      'file         /etc/haproxy.cfg, verified, behind',
      `last error   ${THEN}, CONFIG_REJECTED unknown keyword`,
      '',
    ]);
  });

  test('has exact times for who reads it with a program', async () => {
    const { out } = await sidecar('proxy', { '/api/proxy': answer(200, sent(proxyStatus())) });
    expect(out).toContain('last change  2026-11-22T11:10:00Z, by command');
  });

  test('counts retiring servers that it does not show', async () => {
    const retiring = Array.from({ length: 12 }, () => TROUBLED.retiring[0]);
    const { exitCode, out } = await shown({ ...proxyStatus(), retiring });
    expect(exitCode).toBe(0);
    expect(out.match(/^retiring/gm)).toHaveLength(10);
    expect(out).toContain('\n             and 2 more, which --json lists\n');
  });

  test('is the document as it is with --json', async () => {
    const { exitCode, out } = await shown(TROUBLED, '--json');
    expect([exitCode, JSON.parse(out)]).toEqual([1, sent(TROUBLED)]);
  });

  test('prints the words of an agent that leaves HAProxy alone, and ends with 1', async () => {
    const refusal = answer(404, { message: 'this agent leaves HAProxy alone', status: 'error' });
    const { exitCode, out } = await sidecar('proxy', { '/api/proxy': refusal });
    expect([exitCode, out]).toEqual([1, 'this agent leaves HAProxy alone\n']);
  });

  test.each([{ running: 1 }, { pids: ['x'] }, { config: null }, { operations: { add: 'x' } }, { setAside: [{}] }])(
    'takes nothing else for a document: %j',
    async (facts) => {
      expect((await shown({ ...proxyStatus(), ...facts })).exitCode).toBe(2);
    },
  );
});
