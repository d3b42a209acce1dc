import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parseFlags } from '../../src/config/flags.js';
import { API_FLAGS, loadApiSettings, type ApiConfig } from '../../src/config/haproxy-api-load.js';
import { API_ROWS } from '../../src/config/haproxy-api-table.js';
import type { LoadResult } from '../../src/config/load.js';
import { apiOwnPorts } from '../../src/config/own-ports.js';
import { printConfig } from '../../src/config/print.js';
import { apiHelpText } from '../../src/config/usage.js';
import { readFileOf, type World } from './load-from.js';

const FILE = 'haproxy-api.toml';

function load({ argv = [], env = {}, toml, files = {} }: World): LoadResult<ApiConfig> {
  const readFile = readFileOf(toml === undefined ? files : { [FILE]: toml, ...files });
  return loadApiSettings({ flags: parseFlags(argv, API_FLAGS), env, readFile });
}

function loaded(world: World): ApiConfig {
  const result = load(world);
  if (!result.ok) throw new Error(result.problems.map(({ message }) => message).join('\n'));
  return result.config;
}

const codes = (world: World): readonly string[] => {
  const result = load(world);
  return result.ok ? [] : result.problems.map(({ code }) => code);
};

const followed = (world: World): readonly string[] => loaded(world).settings.haproxyApi.follow;

describe('haproxy-api.toml', () => {
  test("the original's file means what it did", () => {
    const { settings, file } = loaded({
      toml: readFileSync('test/fixtures/contract/config/haproxy-api.toml', 'utf8'),
    });
    expect(file).toBe(FILE);
    expect(settings).toMatchObject({
      haproxyApi: { bindIp: '0.0.0.0', bindPort: 7778, loggingLevel: 'info' },
      haproxy: {
        bindIp: '10.79.0.2',
        template: 'templates/haproxy.cfg',
        configFile: '/var/lib/sidecar-test/n2/api-haproxy.cfg',
        pidFile: '/var/lib/sidecar-test/n2/api-haproxy.pid',
      },
      sidecar: { stateUrl: 'http://10.79.0.1:7777/state.json' },
    });
  });

  test('takes the settings of [haproxy] that the agent has as well', () => {
    const { settings } = loaded({
      toml: 'haproxy = { runtime_socket = "x.sock", supervise = false, stale_hold = "1m" }',
    });
    expect(settings.haproxy).toMatchObject({ runtimeSocket: 'x.sock', supervise: false, staleHold: 60_000 });
  });

  test('that is missing is worth a warning; everything else is the default', () => {
    const result = load({ env: { HAPROXY_API_HAPROXY_CONFIGFILE: 'x', HAPROXY_API_FOLLOW: 'a:1' } });
    expect(result.warnings.map(({ code }) => code)).toEqual(['CONFIG_NOT_FOUND']);
    expect(result).toMatchObject({
      ok: true,
      config: { file: undefined, token: undefined, settings: { haproxyApi: { maxBody: 20_971_520, bindPort: 7778 } } },
    });
  });

  test.each([
    ['[haproxy', 'TOML_SYNTAX'],
    ['haproxy_api.bind_port = 70000', 'PORT_OUT_OF_RANGE'],
    ['haproxy_api = { token = "a", token_file = "b" }', 'TOKEN_TWICE'],
    ['haproxy_api.bind_port = 3212\nhaproxy.config_file = "x"', 'PORT_TAKEN_TWICE'],
  ])('%s is refused', (toml, code) => {
    expect(codes({ toml, files: { b: 'secret' } })).toEqual([code]);
  });

  test("names of the agent's file are unknown here, with what is meant", () => {
    const { warnings } = load({ toml: 'haproxy.reload_command = "x"' });
    expect(warnings[0]?.message).toBe(
      `${FILE}: unknown key haproxy.reload_command, ignored; did you mean haproxy.reload_cmd?`,
    );
  });

  test('may name a file that holds the token', () => {
    const toml = 'haproxy_api.token_file = "token"';
    expect(loaded({ toml, files: { token: 's3cret\n' } }).token).toBe('s3cret');
    expect(codes({ toml })).toEqual(['TOKEN_FILE_UNREADABLE']);
  });

  test('says when nothing tells it of a state, and when there is no HAProxy to drive', () => {
    const { warnings } = load({ toml: '' });
    expect(warnings.map(({ code }) => code)).toEqual(['NO_SOURCE_OF_STATE', 'HAPROXY_NOT_MANAGED']);
  });

  test('is what --check-config prints', () => {
    const config = loaded({ toml: 'haproxy_api.follow = ["a:1"]\nhaproxy.reload_cmd = "reload"' });
    const text = printConfig(config, API_ROWS);
    expect(loaded({ toml: text }).settings).toEqual(config.settings);
  });

  test('keeps its own ports from the services', () => {
    const { settings } = loaded({ toml: 'haproxy.config_file = "x"' });
    expect(Object.fromEntries(apiOwnPorts(settings))).toEqual({
      7778: 'haproxy-api',
      3212: "HAProxy's statistics page",
    });
  });
});

describe('the environment', () => {
  test.each([
    ['HAPROXY_API_HAPROXY_API_BIND_IP', 'haproxy_api.bind_ip', '10.0.0.1'],
    ['HAPROXY_API_HAPROXY_API_BIND_PORT', 'haproxy_api.bind_port', '99'],
    ['HAPROXY_API_HAPROXY_API_LOGGING_LEVEL', 'haproxy_api.logging_level', 'warn'],
    ['HAPROXYAPI_LOGGING_LEVEL', 'haproxy_api.logging_level', 'warn'],
    ['HAPROXY_API_HAPROXY_BINDIP', 'haproxy.bind_ip', '10.0.0.1'],
    ['HAPROXY_API_HAPROXY_TEMPLATE', 'haproxy.template', 'x'],
    ['HAPROXY_API_HAPROXY_CONFIGFILE', 'haproxy.config_file', 'x'],
    ['HAPROXY_API_HAPROXY_PIDFILE', 'haproxy.pid_file', 'x'],
    ['HAPROXY_API_HAPROXY_RELOADCMD', 'haproxy.reload_cmd', 'x'],
    ['HAPROXY_API_HAPROXY_VERIFYCMD', 'haproxy.verify_cmd', 'x'],
    ['HAPROXY_API_HAPROXY_USER', 'haproxy.user', 'x'],
    ['HAPROXY_API_HAPROXY_GROUP', 'haproxy.group', 'x'],
    ['HAPROXY_API_HAPROXY_USEHOSTNAMES', 'haproxy.use_hostnames', 'true'],
    ['HAPROXY_API_SIDECAR_STATE_URL', 'sidecar.state_url', 'http://a:1/state.json'],
    ['HAPROXY_API_HAPROXY_RUNTIME_SOCKET', 'haproxy.runtime_socket', 'x'],
    ['HAPROXY_API_HAPROXY_API_STATE_DIR', 'haproxy_api.state_dir', 'x'],
  ])('%s is %s', (name, path, value) => {
    const toml = '[haproxy]\nbind_ip = "10.9.9.9"\nconfig_file = "of the file"\n';
    const found = loaded({ toml, env: { [name]: value } }).sourced.get(path);
    expect(found?.origin).toEqual({ kind: 'env', name });
    expect(String(found?.value)).toBe(value);
  });

  test('names the file, too, unless the flag does', () => {
    const files = { a: 'haproxy_api.bind_port = 1', b: 'haproxy_api.bind_port = 2' };
    const env = { HAPROXY_API_CONFIG_FILE: 'a' };
    expect(loaded({ files, env }).settings.haproxyApi.bindPort).toBe(1);
    expect(loaded({ files, env, argv: ['-f', 'b'] }).settings.haproxyApi.bindPort).toBe(2);
  });
});

describe('who is followed', () => {
  const both = ['http://10.0.0.1:7777', 'https://[::1]:7777'];

  test.each([
    [['-F', '10.0.0.1:7777', '--follow=https://[::1]:7777/']],
    [['-F10.0.0.1:7777,https://[::1]:7777']],
    [['-F', 'http://10.0.0.1:7777 https://[::1]:7777']],
  ])('%j', (argv) => {
    expect(followed({ argv })).toEqual(both);
  });

  test('comes from the environment, too, which loses against the flag and wins against the file', () => {
    const env = { HAPROXY_API_FOLLOW: '10.0.0.1:7777, https://[::1]:7777' };
    const toml = 'haproxy_api.follow = ["a:1"]';
    expect(followed({ env, toml })).toEqual(both);
    expect(followed({ env, toml, argv: ['-F', 'b:2'] })).toEqual(['http://b:2']);
    expect(followed({ toml })).toEqual(['http://a:1']);
  });

  test.each(['10.0.0.1', 'ftp://a:1', 'http://a:1/watch', 'http://a:1?x', ':7777', 'a:0'])('is not %s', (text) => {
    expect(codes({ argv: ['-F', text] })).toEqual(['UPSTREAM_INVALID']);
  });
});

describe('the command line', () => {
  test('refuses what it does not know', () => {
    expect(codes({ argv: ['--folow', 'a:1', '-x', 'follow'] })).toEqual(['FLAG_UNKNOWN', 'FLAG_UNKNOWN']);
  });

  test('has a help of 80 columns, in its long form with every setting', () => {
    expect(apiHelpText(false)).toContain('-F, --follow=HOST:PORT');
    expect(
      apiHelpText(false)
        .split('\n')
        .filter((line) => line.length > 80),
    ).toEqual([]);
    expect(apiHelpText(true)).toContain('haproxy.reload_cmd (command; default "")');
  });
});
