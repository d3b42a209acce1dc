import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { refusedByCheck } from '../../src/config/load.js';
import { ROWS } from '../../src/config/table.js';
import { load, loaded, problemsOf, warningsOf } from './load-from.js';

describe('precedence', () => {
  test('is flags, then environment, then file, then defaults', () => {
    const toml = 'sidecar.cluster_name = "file"';
    const env = { SIDECAR_CLUSTER_NAME: 'env' };
    const nameOf = (world: Parameters<typeof loaded>[0]): unknown[] => {
      const { settings, sourced } = loaded(world);
      return [settings.sidecar.clusterName, sourced.get('sidecar.cluster_name')?.origin];
    };
    expect(nameOf({ toml: '' })).toEqual(['default', { kind: 'default', version: 1 }]);
    expect(nameOf({ toml })).toEqual(['file', { kind: 'file', path: 'sidecar.toml', key: 'sidecar.cluster_name' }]);
    expect(nameOf({ toml, env })).toEqual(['env', { kind: 'env', name: 'SIDECAR_CLUSTER_NAME' }]);
    expect(nameOf({ toml, env, argv: ['-nflag'] })).toEqual(['flag', { kind: 'flag', name: 'cluster-name' }]);
  });

  test('takes an empty variable and an empty flag for unset', () => {
    const world = { toml: 'sidecar.cluster_name = "file"', env: { SIDECAR_CLUSTER_NAME: '' }, argv: ['-n', ''] };
    expect(loaded(world).settings.sidecar.clusterName).toBe('file');
  });

  test('lets logging_level of the file count, which the original ignored', () => {
    expect(loaded({ toml: 'sidecar.logging_level = "error"' }).settings.sidecar.loggingLevel).toBe('error');
  });
});

describe('names of variables', () => {
  test.each([
    ['SIDECAR_STATE_DIR', 'sidecar.state_dir'],
    ['HTTP_PORT', 'http.port'],
    ['HAPROXY_RUNTIME_SOCKET', 'haproxy.runtime_socket'],
    ['DOCKER_URL', 'docker_discovery.docker_url'],
    ['DOCKER_HEALTHCHECK', 'docker_discovery.docker_healthcheck'],
    ['DOCKER_COMPOSE_NAMES', 'docker_discovery.compose_names'],
    ['STATIC_CONFIG_FILE', 'static_discovery.config_file'],
    ['SERVICES_NAME_LABEL', 'services.name_label'],
    ['LISTENERS_URLS', 'listeners.urls'],
    ['CONSOLE_CLUSTERS', 'console.clusters'],
  ])('%s is %s', (variable, path) => {
    expect(ROWS.find((row) => row.variables.includes(variable))?.path).toBe(path);
  });

  test('belong to one setting each', () => {
    const names = ROWS.flatMap(({ variables, setting }) => [...variables, ...(setting.extra?.aliases ?? [])]);
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
  });

  test.each([
    ['10.0.0.1,10.0.0.2', 'v2'],
    ['10.0.0.1 10.0.0.2', 'v1 containers'],
    ['10.0.0.1\n10.0.0.2\n', 'lines'],
  ])('hold lists separated as in %j (%s)', (text) => {
    const seeds = [
      { host: '10.0.0.1', port: undefined },
      { host: '10.0.0.2', port: undefined },
    ];
    for (const name of ['SIDECAR_SEEDS', 'SIDECAR_CLUSTER_IP'])
      expect(loaded({ toml: '', env: { [name]: text } }).settings.sidecar.seeds).toEqual(seeds);
  });

  test('include the aliases of the v1 container', () => {
    const env = { BIND_IP: '10.1.1.1', USE_HOSTNAMES: 'true', ADVERTISE_IP: '10.2.2.2', SIDECAR_DISCOVER: 'static' };
    const { haproxy, sidecar } = loaded({ toml: 'haproxy.bind_ip = "10.9.9.9"', env }).settings;
    expect([haproxy.bindIp, haproxy.useHostnames, sidecar.advertiseIp, sidecar.discovery]).toEqual([
      '10.1.1.1',
      true,
      '10.2.2.2',
      ['static'],
    ]);
  });

  test('accept every spelling of a boolean that Go accepts', () => {
    for (const [text, value] of Object.entries({ '1': true, T: true, True: true, '0': false, f: false, FALSE: false }))
      expect(loaded({ toml: '', env: { HAPROXY_SUPERVISE: text } }).settings.haproxy.supervise).toBe(value);
  });
});

describe('values from two places', () => {
  test('SIDECAR_LISTENER stands in front of the listeners of the file', () => {
    const toml = 'listeners.urls = ["http://b/"]';
    const { settings, sourced } = loaded({ toml, env: { SIDECAR_LISTENER: 'http://a/' } });
    expect(settings.listeners.urls).toEqual(['http://a/', 'http://b/']);
    expect(sourced.get('listeners.urls')?.origin.kind).toBe('joined');
  });

  test.each([
    [true, { toml: '', argv: ['-x'] }],
    [true, { toml: '', env: { SIDECAR_HAPROXY_DISABLE: '1' } }],
    [true, { toml: 'haproxy.disable = true', argv: ['--no-haproxy-disable'] }],
    [false, { toml: '', env: { SIDECAR_HAPROXY_DISABLE: '1' }, argv: ['--no-haproxy-disable'] }],
    [false, { toml: 'haproxy.disable = true', env: { HAPROXY_DISABLE: 'false' } }],
  ])('flag or key suffices to disable HAProxy: %s for %j', (disabled, world) => {
    expect(loaded(world).settings.haproxy.disable).toBe(disabled);
  });
});

describe('without a file', () => {
  test('a variable of v2 is enough, and its defaults fill the rest', () => {
    const { settings, file, sourced } = loaded({ env: { SIDECAR_SEEDS: '10.0.0.1' } });
    expect(file).toBeUndefined();
    expect(settings.sidecar.discovery).toEqual(['docker']);
    expect(settings.sidecar.pushPullInterval).toBe(20_000);
    expect(settings.haproxy.configFile).toBe('/etc/haproxy.cfg');
    expect(settings.haproxy.group).toBe('haproxy');
    expect(sourced.get('haproxy.bind_ip')?.origin).toEqual({ kind: 'default', version: 2 });
    expect(sourced.get('http.port')?.origin).toEqual({ kind: 'default', version: 1 });
  });

  test('a variable that v2 did not have is not enough', () => {
    expect(problemsOf({ env: { SIDECAR_STATE_DIR: '/x', ADVERTISE_IP: '10.0.0.1' } })).toEqual(['CONFIG_NOT_FOUND']);
  });

  test('a file that was asked for must be there, whatever the variables say', () => {
    const env = { SIDECAR_SEEDS: '10.0.0.1' };
    expect(problemsOf({ env, argv: ['-f', 'other.toml'] })).toEqual(['CONFIG_NOT_FOUND']);
    expect(problemsOf({ env: { ...env, SIDECAR_CONFIG_FILE: 'other.toml' } })).toEqual(['CONFIG_NOT_FOUND']);
  });

  test('a file that is there brings the defaults of v1 with it', () => {
    expect(loaded({ toml: '', env: { SIDECAR_SEEDS: 'a' } }).settings.sidecar.discovery).toEqual([]);
  });
});

describe('old files', () => {
  const folder = 'test/fixtures/contract/config';
  test.each(readdirSync(folder).filter((name) => name.startsWith('sidecar')))('%s loads unchanged', (name) => {
    const result = load({ toml: readFileSync(join(folder, name), 'utf8') });
    expect(result.ok ? [] : result.problems).toEqual([]);
    expect(refusedByCheck(result.warnings)).toEqual([]);
  });

  test('may spell tables and keys in any case, as the original did', () => {
    expect(loaded({ toml: '[HAProxy]\nBind_IP = "10.0.0.1"' }).settings.haproxy.bindIp).toBe('10.0.0.1');
  });

  test('may begin with a byte order mark', () => {
    expect(loaded({ toml: '\ufeffhttp.port = 80' }).settings.http.port).toBe(80);
  });

  test('mean by zero what the original did', () => {
    const { sidecar } = loaded({ toml: 'sidecar = { push_pull_interval = 0, gossip_messages = 0 }' }).settings;
    expect([sidecar.pushPullInterval, sidecar.gossipMessages]).toEqual([79_000, 3]);
  });

  test('may name discoveries, levels and formats that nobody knows: a warning, and the rest counts', () => {
    const toml = 'sidecar = { discovery = ["statc", "static"], logging_level = "verbose", logging_format = "text" }';
    const result = load({ toml });
    expect(result.ok && result.config.settings.sidecar).toMatchObject({
      discovery: ['static'],
      loggingLevel: 'info',
      loggingFormat: 'standard',
    });
    expect(result.warnings.map(({ code }) => code)).toEqual(
      expect.arrayContaining(['DISCOVERY_UNKNOWN', 'LOGGING_LEVEL_UNKNOWN']),
    );
    expect(result.warnings.find(({ code }) => code === 'DISCOVERY_UNKNOWN')?.message).toContain('did you mean static?');
  });

  test('may hold unknown names: a warning with the nearest known one, an error only for --check-config', () => {
    const result = load({ toml: '[haproxi]\n[haproxy]\nbindip = "x"\n[http]\ntemplate_file = "x"' });
    expect(result.ok).toBe(true);
    expect(refusedByCheck(result.warnings).map(({ message }) => message)).toEqual([
      'sidecar.toml: unknown table [haproxi], ignored; did you mean [haproxy]?',
      'sidecar.toml: unknown key haproxy.bindip, ignored; did you mean haproxy.bind_ip?',
      'sidecar.toml: unknown key http.template_file, ignored; did you mean haproxy.template_file?',
    ]);
  });
});

describe('warnings', () => {
  test('say that HAProxy is not managed when nobody names its file', () => {
    expect(warningsOf({ toml: '' })).toContain('HAPROXY_NOT_MANAGED');
    expect(warningsOf({ toml: 'haproxy.disable = true' })).not.toContain('HAPROXY_NOT_MANAGED');
    expect(warningsOf({ toml: 'haproxy.config_file = "x"' })).not.toContain('HAPROXY_NOT_MANAGED');
  });

  test('say that an agent without seeds joins nobody', () => {
    expect(warningsOf({ toml: '' })).toContain('NO_SEEDS');
    expect(warningsOf({ toml: 'sidecar.seeds = ["a"]' })).not.toContain('NO_SEEDS');
  });

  test('say that a missing member is given up before it is tried again', () => {
    expect(warningsOf({ toml: 'sidecar.reconnect_timeout = "29s"' })).toContain('RECONNECT_TOO_SHORT');
    expect(warningsOf({ toml: 'sidecar.reconnect_timeout = "30s"' })).not.toContain('RECONNECT_TOO_SHORT');
  });

  test.each(['incoming', 'outgoing'])('say that gossip_verify_%s has no effect without keys', (direction) => {
    const toml = `sidecar.gossip_verify_${direction} = false\n`;
    const key = 'AAECAwQFBgcICQoLDA0ODw==';
    const file = { files: { keys: `# the old one\n\n${key}\n` } };
    expect(warningsOf({ toml })).toContain('VERIFY_WITHOUT_KEYS');
    expect(warningsOf({ toml: `${toml}sidecar.gossip_keys = ["${key}"]` })).not.toContain('VERIFY_WITHOUT_KEYS');
    const world = { toml: `${toml}sidecar.gossip_keys_file = "keys"`, ...file };
    expect([problemsOf(world), warningsOf(world)]).toEqual([[], expect.not.arrayContaining(['VERIFY_WITHOUT_KEYS'])]);
    expect(warningsOf({ toml: '' })).not.toContain('VERIFY_WITHOUT_KEYS');
  });

  test('say when a duration is longer than a timer can wait', () => {
    const result = load({ toml: 'sidecar.push_pull_interval = "10000h"' });
    expect(result.ok && result.config.settings.sidecar.pushPullInterval).toBe(576 * 3_600_000);
    expect(result.warnings.map(({ code }) => code)).toContain('DURATION_SHORTENED');
  });
});

describe('the token of the HTTP API', () => {
  test.each([
    [undefined, { toml: '' }],
    ['s3cret', { toml: 'http.token = "s3cret"' }],
    ['fr0mfile', { toml: 'http.token_file = "t"', files: { t: ' fr0mfile\n' } }],
  ])('is %s for %j', (token, world) => {
    expect(loaded(world).httpToken).toBe(token);
  });
});

describe('what is left to the system', () => {
  test('is the host name, unless it is given', () => {
    expect(loaded({ toml: '', hostname: 'h7' }).settings.sidecar.hostname).toBe('h7');
    expect(loaded({ toml: 'sidecar.hostname = "mine"' }).settings.sidecar.hostname).toBe('mine');
    expect(problemsOf({ toml: '', hostname: '' })).toEqual(['HOSTNAME_INVALID']);
  });

  const docker = 'sidecar.discovery = ["docker"]\nservices.namer = "docker_label"\n';
  const env = { DOCKER_HOST: 'tcp://d:2376', DOCKER_TLS_VERIFY: '1', HOME: '/root' };
  const dockerOf = (toml: string, variables: Record<string, string>): unknown[] => {
    const { settings, dockerCertPath } = loaded({ toml: docker + toml, env: variables });
    return [settings.dockerDiscovery.dockerUrl, dockerCertPath];
  };

  test("is Docker's address when docker_url is empty, or left out while DOCKER_HOST is set", () => {
    expect(dockerOf('', env)).toEqual(['tcp://d:2376', '/root/.docker']);
    expect(dockerOf('docker_discovery.docker_url = ""', env)).toEqual(['tcp://d:2376', '/root/.docker']);
    expect(dockerOf('docker_discovery.docker_url = ""', {})).toEqual(['unix:///var/run/docker.sock', undefined]);
    expect(dockerOf('', {})).toEqual(['tcp://localhost:2375', undefined]);
  });

  test("is not Docker's address when docker_url is given", () => {
    const toml = 'docker_discovery.docker_url = "unix://var/run/docker.sock"';
    expect(dockerOf(toml, env)).toEqual(['unix:///var/run/docker.sock', undefined]);
  });
});

describe('the settings', () => {
  test('cannot be changed, to the last list', () => {
    const { settings } = loaded({ toml: 'sidecar.seeds = ["a"]' });
    const parts = [settings, settings.sidecar, settings.sidecar.seeds, settings.sidecar.seeds[0], settings.console];
    expect(parts.map((part) => Object.isFrozen(part))).toEqual(parts.map(() => true));
  });

  test('have an origin for every value', () => {
    const { sourced } = loaded({ toml: '' });
    expect([...sourced.keys()]).toEqual(ROWS.map(({ path }) => path));
  });

  test('have defaults, both of v1 and of v2, that their own parser accepts', () => {
    for (const { setting, path } of ROWS)
      for (const value of [setting.initial, setting.v2Initial ?? setting.initial]) {
        const shown = setting.kind.show(value);
        expect([path, problemsOf({ toml: `${path} = ${shown}` }).filter((code) => !/^NAMER/.test(code))]).toEqual([
          path,
          [],
        ]);
      }
  });
});
