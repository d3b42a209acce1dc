import { describe, expect, test } from '@jest/globals';
import { handsOutListeners, isOurHaproxy, parsePidFile, pidOfInfo } from '../../src/haproxy/pids.js';

test.each([
  ['6585\n', [6585]],
  ['  1 \r\n22\n\n333', [1, 22, 333]],
  ['', []],
  ['0 -5 12a 7]] 99999999999', []],
])('a pid file %j names %j', (text, pids) => expect(parsePidFile(text)).toEqual(pids));

test('a pid file names at most 64 processes', () => {
  expect(parsePidFile('1 '.repeat(1_000))).toHaveLength(64);
});

test('`show info` tells which process answers', () => {
  expect(pidOfInfo('Name: HAProxy\nPid: 6635\nUptime: 0d\n')).toBe(6635);
  expect(pidOfInfo('Unknown command\n')).toBeUndefined();
});

describe('a process is our HAProxy', () => {
  const ours = {
    executable: '/usr/sbin/haproxy',
    name: 'haproxy',
    args: ['haproxy', '-f', '/etc/h.cfg'],
    startedMs: 0,
    parent: 1,
  };
  test.each([
    ['when it runs our file', ours, true],
    ['when only its pid file is ours', { ...ours, args: ['haproxy', '-f', '/etc', '-p', '/run/h.pid'] }, true],
    ['when it names the file in another way', { ...ours, args: ['haproxy', '-f', '/etc/../etc/h.cfg'] }, true],
    ['when all we can see is its name', { ...ours, executable: undefined, args: [] }, true],
    ['not when it is another program (fault 18)', { ...ours, executable: '/usr/bin/haproxy-api' }, false],
    ['not when its name is all that fits', { ...ours, executable: '/usr/bin/node' }, false],
    ["not when it runs somebody else's file", { ...ours, args: ['haproxy', '-f', '/etc/other.cfg'] }, false],
  ])('%s', (_, info, expected) => expect(isOurHaproxy(info, ['/etc/h.cfg', '/run/h.pid'])).toBe(expected));
});

test.each([
  ['\tstats socket /run/s mode 600 level admin expose-fd listeners', true],
  ['\tstats   socket /run/s expose-fd  listeners', true],
  ['\tstats socket /run/s mode 600 level admin', false],
  ['\tstats socket /run/other expose-fd listeners', false],
  ['\t# stats socket /run/s expose-fd listeners', false],
])('%j hands out listeners: %p', (line, expected) => {
  expect(handsOutListeners(`global\n${line}\n`, '/run/s')).toBe(expected);
});
