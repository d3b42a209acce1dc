import { describe, expect, test } from '@jest/globals';
import { planCheck } from '../../src/health/check-plan.js';
import { discovered } from '../support/records.js';

const defaults = {
  publishedAddress: '10.79.0.254',
  defaultCheckEndpoint: '',
  checkIntervalMs: 1_000,
  defaultTimeoutMs: 3_000,
};
const tcpPort = { type: 'tcp', port: 10234, servicePort: 8080, ip: '127.0.0.1' };
const udpPort = { ...tcpPort, type: 'udp', port: 53 };
const methodOf = (type: string, args: string, ports = [udpPort, tcpPort]) =>
  planCheck(discovered({ check: { type, args }, ports }), defaults).method;

describe('the default check (contract 5.5)', () => {
  const plan = (ports: (typeof tcpPort)[] | null, changed = {}) =>
    planCheck(discovered({ check: undefined, ports }), { ...defaults, ...changed }).method;

  test('asks the first tcp port at the published address', () => {
    expect(plan([udpPort, tcpPort])).toEqual({ kind: 'http', url: 'http://10.79.0.254:10234/' });
    expect(plan([tcpPort], { defaultCheckEndpoint: '/up' })).toEqual({
      kind: 'http',
      url: 'http://10.79.0.254:10234/up',
    });
    expect(plan([tcpPort], { publishedAddress: 'fd00::1' })).toEqual({ kind: 'http', url: 'http://[fd00::1]:10234/' });
  });

  test('without a tcp port the instance counts as healthy', () => {
    for (const ports of [null, [], [udpPort], [{ ...tcpPort, type: '' }]]) {
      expect(plan(ports)).toMatchObject({ kind: 'known', passes: true });
    }
  });
});

describe('what the source of an instance knows of its health', () => {
  test.each([true, false])('takes the place of its check: %s', (isHealthy) => {
    const service = discovered({ observed: { isHealthy, why: 'it says so' }, check: { type: 'Tcp', args: 'a:1' } });
    expect(planCheck(service, defaults)).toMatchObject({
      method: { kind: 'known', passes: isHealthy, why: 'it says so' },
      timing: { rise: 1 },
      faults: [],
    });
  });
});

describe('the check that an instance names', () => {
  test('HttpGet, External, Tcp and AlwaysSuccessful', () => {
    expect(methodOf('HttpGet', 'http://{{ host }}:{{ tcp 8080 }}/x')).toEqual({
      kind: 'http',
      url: 'http://10.79.0.254:10234/x',
    });
    expect(methodOf('External', 'test  -d "{{ .Name }}"')).toEqual({ kind: 'command', script: 'test  -d "web"' });
    expect(methodOf('Tcp', '{{ host }}:{{ tcp 8080 }}')).toEqual({ kind: 'tcp', host: '10.79.0.254', port: 10234 });
    expect(methodOf('Tcp', '[::1]:80')).toEqual({ kind: 'tcp', host: '::1', port: 80 });
    expect(methodOf('Tcp', '')).toEqual({ kind: 'tcp', host: '127.0.0.1', port: 10234 });
    expect(methodOf('AlwaysSuccessful', '')).toMatchObject({ kind: 'known', passes: true });
  });

  test.each([
    ['HttpGet', 'not a url', '"not a url" is not a URL'],
    ['HttpGet', '', '"" is not a URL'],
    ['Tcp', 'localhost', '"localhost" is not host:port'],
    ['Tcp', 'localhost:0', '"localhost:0" is not host:port'],
    ['Tcp', 'localhost:65536', '"localhost:65536" is not host:port'],
    ['Tcp', '[localhost]:80', '"[localhost]:80" is not host:port'],
  ])('%s with %j can only fail', (type, args, why) => {
    expect(methodOf(type, args)).toEqual({ kind: 'known', passes: false, why });
  });

  test('Tcp without arguments and without a tcp port can only fail', () => {
    expect(methodOf('Tcp', '', [udpPort])).toMatchObject({ kind: 'known', passes: false });
  });

  test('an unknown name behaves as HttpGet and is stated', () => {
    const plan = planCheck(discovered({ check: { type: 'TcpConnect', args: 'http://127.0.0.1:1/' } }), defaults);
    expect(plan.method).toEqual({ kind: 'http', url: 'http://127.0.0.1:1/' });
    expect(plan.faults).toEqual([
      { code: 'CHECK_TYPE_UNKNOWN', message: 'its check type "TcpConnect" is unknown and treated as HttpGet' },
    ]);
  });
});

describe('the timing of a check', () => {
  const timingOf = (type: string, tuning = {}, changed = {}) =>
    planCheck(discovered({ check: { type, args: 'http://x/' }, tuning }), { ...defaults, ...changed }).timing;

  test('is the default one: each second, External every 3 s, decided by one result', () => {
    expect(timingOf('HttpGet')).toEqual({ rise: 1, fall: 1, intervalMs: 1_000, timeoutMs: 3_000 });
    expect(timingOf('External').intervalMs).toBe(3_000);
    expect(timingOf('External', {}, { checkIntervalMs: 10_000 }).intervalMs).toBe(10_000);
  });

  test('is what the instance asks for', () => {
    const tuning = { rise: 2, fall: 3, intervalMs: 500, timeoutMs: 100 };
    expect(timingOf('External', tuning)).toEqual(tuning);
  });
});
