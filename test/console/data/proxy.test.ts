import { expect, test } from '@jest/globals';
import { readFigures } from '../../../src/console/data/figures.js';
import { readProxy } from '../../../src/console/data/proxy.js';
import { readServedConfig } from '../../../src/console/data/served-config.js';

const AT = '2026-11-23T12:00:00Z';
const TIME = Date.parse(AT);

test('what HAProxy does may lack whatever an older agent does not tell', () => {
  expect(readProxy({ running: true })).toMatchObject({
    ...{ isRunning: true, pids: [], oldProcesses: [], lastApply: undefined, lastError: undefined },
    ...{ reloads: { total: 0 }, retiring: [], setAside: [], stale: [], notices: [] },
    drift: { looks: 0, last: undefined },
    runtimeApi: { isAvailable: false, version: undefined },
  });
  expect(readProxy('no').isRunning).toBe(false);
});

test('counts come with the most frequent first, and without what never was', () => {
  const { reloads, operations } = readProxy({
    reloads: { total: 9, byCause: { forced: 1, 'section-added': 5, hostname: 0, 'section-removed': 3 } },
    operations: { add: 2, weight: 2, drain: 0 },
  });
  expect([...reloads.byCause]).toEqual([
    ['section-added', 5],
    ['section-removed', 3],
    ['forced', 1],
  ]);
  expect([...operations.keys()]).toEqual(['add', 'weight']);
});

test('the last apply, what drifted and what went wrong have their time and their words', () => {
  const proxy = readProxy({
    lastApply: { time: AT, tookMs: 12.5, how: 'runtime', reason: '1 server added' },
    drift: { looks: 7, found: 1, repaired: 1, last: { time: AT, what: 'weight 0' } },
    lastError: { time: AT, code: 'CONFIG_REJECTED', message: 'unknown keyword' },
    config: { path: '/etc/haproxy.cfg', verified: true },
    oldProcesses: [{ pid: 41, since: AT }],
    setAside: [{ service: 'web', servicePort: null, code: 'PORT_TAKEN', message: 'it is taken', since: AT }],
  });
  expect(proxy.lastApply).toEqual({ time: TIME, tookMs: 12.5, how: 'runtime', reason: '1 server added' });
  expect([proxy.config.isVerified, readProxy({}).config.isVerified]).toEqual([true, false]);
  expect(proxy.oldProcesses).toEqual([{ pid: 41, since: TIME }]);
  expect(proxy.drift.last).toEqual({ time: TIME, what: 'weight 0' });
  expect(proxy.lastError).toEqual({ time: TIME, message: 'unknown keyword' });
  expect(proxy.setAside[0]).toMatchObject({ service: 'web', servicePort: undefined, code: 'PORT_TAKEN', since: TIME });
});

test('errors of a frontend are what it could not read and what was answered with 500 and above', () => {
  const figures = readFigures({
    time: AT,
    pid: 7,
    uptimeS: 61,
    frontends: [
      { name: 'web-80', requests: 9, errors: 1, responses: { '4xx': 5, '5xx': 2 }, service: 'web', servicePort: 80 },
      { name: 'db-90', requests: null, errors: 0, responses: null, service: null },
    ],
    servers: [{ backend: 'web-80', server: 'a', errors: { connect: 2, response: 1 }, instance: null }],
  });
  expect(figures).toMatchObject({ time: TIME, pid: 7, uptimeMs: 61_000, backends: [] });
  expect(figures?.frontends.map(({ errors, requests, service }) => [errors, requests, service])).toEqual([
    [3, 9, 'web'],
    [0, undefined, undefined],
  ]);
  expect(figures?.servers[0]).toMatchObject({ errors: 3, instance: undefined });
});

test('without a time or a list there are no figures, and without a text no configuration', () => {
  expect(readFigures({ frontends: [] })).toBeUndefined();
  expect(readFigures({ time: AT })).toBeUndefined();
  expect(readServedConfig({ digest: 'a' })).toBeUndefined();
  expect(readServedConfig({ text: 'global\n', previous: null })?.previous).toBeUndefined();
  expect(readServedConfig({ text: 'global\n', previous: { digest: 'b', appliedAt: AT } })?.previous).toEqual({
    ...{ digest: 'b', appliedAt: TIME },
  });
});
