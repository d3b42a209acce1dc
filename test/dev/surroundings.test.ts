import { describe, expect, test } from '@jest/globals';
import { foundOf, type Surroundings } from '../../src/dev/surroundings.js';

const SOCKET = 'unix:///var/run/docker.sock';
const USUAL: Surroundings = {
  docker: { address: SOCKET, isListed: true, fault: undefined },
  proxy: { kind: 'haproxy', isRunning: true, version: '2.6.12' },
  staticFile: undefined,
  followed: undefined,
  agent: '127.0.0.1:7777',
  isUsualAgent: true,
  logFile: '/state/sidecar.log',
};
const lineOf = (what: string, overrides: Partial<Surroundings>): string | undefined =>
  foundOf({ ...USUAL, ...overrides }).find((each) => each.what === what)?.text;

describe('what was found', () => {
  test('is named only where there is something', () => {
    expect(foundOf(USUAL).map(({ what }) => what)).toEqual(['Docker', 'HAProxy', 'Ask', 'Log']);
    expect(lineOf('File', { staticFile: 'static.json' })).toBe('static.json names services, too');
  });

  test.each([
    [{ isListed: true, fault: undefined }, /^answers at unix:/],
    [{ isListed: false, fault: undefined }, /^is asked at unix:/],
    [{ isListed: false, fault: 'GET /events: connect EACCES' }, /you may not use it: sudo usermod -aG docker/],
    [{ isListed: false, fault: 'GET /events: connect ENOENT' }, /^does not run, or not at unix:/],
    [{ isListed: true, fault: 'GET /events: connect ECONNREFUSED' }, /^does not run, or not at unix:/],
    [{ isListed: false, fault: 'no answer within 5000 ms' }, /^does not answer at .*: no answer within/],
  ])('of Docker: %j', (docker, text) => {
    expect(lineOf('Docker', { docker: { address: SOCKET, ...docker } })).toMatch(text);
  });

  test('of HAProxy, or what stands in its place', () => {
    expect(lineOf('HAProxy', {})).toBe('2.6.12 takes the connections, and is ended with this program');
    expect(lineOf('HAProxy', { proxy: { kind: 'haproxy', isRunning: false, version: undefined } })).toContain(
      'not run',
    );
    expect(lineOf('HAProxy', { proxy: { kind: 'forwarder', dropped: 0 } })).toBe(
      'is not here: connections are forwarded by this program, fine for development',
    );
    expect(lineOf('HAProxy', { proxy: { kind: 'forwarder', dropped: 3 } })).toContain('3 were too many at once');
  });

  test('of the followed cluster: asked, failed, followed, gone', () => {
    const followed = { upstream: 'http://h:7777', isConnected: false, heldAt: undefined, lastFault: undefined };
    expect(lineOf('Follows', { followed })).toBe('http://h:7777 is asked');
    expect(lineOf('Follows', { followed: { ...followed, lastFault: 'refused' } })).toBe('nothing yet: refused');
    expect(lineOf('Follows', { followed: { ...followed, isConnected: true } })).toContain('are borrowed');
    expect(lineOf('Follows', { followed: { ...followed, heldAt: '14:02:31' } })).toBe(
      'http://h:7777 is gone: what it said last, at 14:02:31, stays',
    );
  });

  test('says where the agent is when it is not where commands ask', () => {
    expect(lineOf('Ask', {})).toBe('sidecar ls, sidecar why NAME, http://127.0.0.1:7777/');
    expect(lineOf('Ask', { proxy: { kind: 'forwarder', dropped: 0 } })).toBe('sidecar ls, http://127.0.0.1:7777/');
    expect(lineOf('Ask', { agent: '127.0.0.1:7778', isUsualAgent: false })).toContain('--agent 127.0.0.1:7778');
  });
});
