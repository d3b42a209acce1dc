import { describe, expect, test } from '@jest/globals';
import { resolve } from 'node:path';
import { customVerifyCommand, haproxyWords, readable, reloadCommand } from '../../src/haproxy/commands.js';

const CONFIG = '/etc/haproxy.cfg';
const CANDIDATE = '/etc/.haproxy.cfg.candidate';

describe('the built-in reload', () => {
  const start = {
    haproxy: '/usr/sbin/haproxy',
    configFile: CONFIG,
    pidFile: '/run/h.pid',
    socket: undefined,
    pids: [],
  };

  test.each([
    ['starts afresh', {}, ''],
    ['takes over from every old process', { pids: [7, 8] }, ' -sf 7 8'],
    ['takes over the listeners, too', { pids: [7], socket: '/run/s' }, ' -x /run/s -sf 7'],
  ])('%s', (_, overrides, end) => {
    const command = reloadCommand({ ...start, ...overrides });
    expect(readable(command)).toBe(`/usr/sbin/haproxy -D -f /etc/haproxy.cfg -p /run/h.pid${end}`);
  });

  test("names whole paths, or another agent in a folder of its own takes the process for one of that folder's files", () => {
    const { args } = reloadCommand({ ...start, configFile: 'haproxy.cfg', pidFile: 'haproxy.pid' });
    expect(args).toEqual(['-D', '-f', resolve('haproxy.cfg'), '-p', resolve('haproxy.pid')]);
  });
});

describe('a custom verify_command', () => {
  test.each([
    ['haproxy -c -f /etc/haproxy.cfg', `haproxy -c -f ${CANDIDATE}`, true],
    ["check '/etc/haproxy.cfg'; cat /etc/haproxy.cfg", `check '${CANDIDATE}'; cat ${CANDIDATE}`, true],
    ['check "$HAPROXY_CONFIG_CANDIDATE"', 'check "$HAPROXY_CONFIG_CANDIDATE"', true],
    ['check /mnt/etc/haproxy.cfg', 'check /mnt/etc/haproxy.cfg', false],
    ['check /etc/haproxy.cfg.d/x', 'check /etc/haproxy.cfg.d/x', false],
    ['true', 'true', false],
  ])('%s is run as %s', (line, pointed, seesCandidate) => {
    const custom = customVerifyCommand(line, CONFIG, CANDIDATE);
    expect(custom.seesCandidate).toBe(seesCandidate);
    expect(custom.command).toEqual({
      file: '/bin/bash',
      args: ['-c', pointed],
      env: { HAPROXY_CONFIG_CANDIDATE: CANDIDATE },
    });
  });

  test('may name a path that means something to a pattern', () => {
    expect(customVerifyCommand('c /a+b$&.cfg', '/a+b$&.cfg', '/x$&').command.args[1]).toBe('c /x$&');
  });
});

describe("HAProxy's own words", () => {
  test('are its alarms, without the process number that differs each time', () => {
    const output = '[NOTICE]   (77) : haproxy version is 2.6\n[ALERT]    (77) : config : parsing [x:1] : bad\nmore\n';
    expect(haproxyWords(output)).toBe('[ALERT] config : parsing [x:1] : bad');
  });

  test('are everything when it raised no alarm', () => {
    expect(haproxyWords('bash: haproxy: command not found\n\n')).toBe('bash: haproxy: command not found');
  });

  test('are bounded and printable', () => {
    const words = haproxyWords(`[ALERT] (1) : \x1b[31m${'x'.repeat(9_000)}`);
    expect(words).toHaveLength(2_001);
    expect(words).toMatch(/^\[ALERT\] +\[31mx+…$/);
  });
});
