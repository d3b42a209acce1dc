import { describe, expect, test } from '@jest/globals';
import { load, problemsOf, warningsOf, type World } from './load-from.js';

const DOCKER = 'sidecar.discovery = ["docker"]\n';
const SECRET = 'c2VjcmV0';

/** One wrong thing each, the code it is known by, and what the sentence about it must name. */
const MALFORMED: readonly (readonly [code: string, names: string, world: World])[] = [
  ['CONFIG_NOT_FOUND', 'sidecar.toml', {}],
  ['CONFIG_IS_DIRECTORY', '/etc', { argv: ['-f', '/etc'], files: { '/etc': { code: 'EISDIR' } } }],
  ['CONFIG_NOT_REGULAR', 'sidecar.toml', { files: { 'sidecar.toml': { code: 'ENOTREG' } } }],
  ['CONFIG_UNREADABLE', 'a.toml', { argv: ['-fa.toml'], files: { 'a.toml': { code: 'EACCES' } } }],
  ['CONFIG_TOO_LARGE', 'sidecar.toml', { toml: '#'.repeat(1024 * 1024 + 1) }],
  ['CONFIG_NOT_UTF8', 'sidecar.toml', { files: { 'sidecar.toml': Uint8Array.of(0x61, 0xff) } }],
  ['TOML_SYNTAX', 'sidecar.toml:2:', { toml: '[sidecar]\nbind_port = ' }],
  ['TOML_UNTERMINATED', 'sidecar.toml:1:', { toml: 'x = "abc' }],
  ['TOML_DUPLICATE_KEY', 'sidecar.toml:3:', { toml: '[http]\nport = 1\nport = 2' }],
  ['FLAG_UNKNOWN', '--cluster-ip', { toml: '', argv: ['--clusterip=10.0.0.1'] }],
  ['FLAG_NEEDS_VALUE', '--cluster-name', { toml: '', argv: ['-n', '--haproxy-disable'] }],
  ['FLAG_TAKES_NO_VALUE', '--haproxy-disable', { toml: '', argv: ['--haproxy-disable=yes'] }],
  ['ARGUMENT_UNEXPECTED', 'status', { toml: '', argv: ['-x', 'status'] }],
  ['NOT_A_TABLE', 'haproxy', { toml: 'haproxy = true' }],
  ['NOT_A_STRING', 'sidecar.toml: haproxy.user is 7', { toml: 'haproxy.user = 7' }],
  ['NOT_A_BOOLEAN', '"yes"', { toml: 'haproxy.disable = "yes"' }],
  ['NOT_AN_INTEGER', '"20"', { toml: 'sidecar.gossip_messages = "20"' }],
  ['NOT_A_DURATION', 'is 20,', { toml: 'sidecar.push_pull_interval = 20' }],
  ['NOT_A_LIST', 'sidecar.discovery', { toml: 'sidecar.discovery = "static"' }],
  ['LIST_ITEM_NOT_A_STRING', 'sidecar.exclude_ips[1]', { toml: 'sidecar.exclude_ips = ["a", 1]' }],
  ['LIST_ITEM_NOT_AN_INTEGER', 'delegate_versions[2]', { toml: 'sidecar.delegate_versions = [0, 0, "1"]' }],
  ['LIST_ITEM_NOT_A_TABLE', 'console.clusters[0]', { toml: 'console.clusters = ["eu"]' }],
  ['LIST_LENGTH', '2 items', { toml: 'sidecar.delegate_versions = [0, 0]' }],
  ['BOOLEAN_SYNTAX', 'HAPROXY_USE_HOSTNAMES', { toml: '', env: { HAPROXY_USE_HOSTNAMES: 'yes' } }],
  ['INTEGER_SYNTAX', 'SIDECAR_GOSSIP_MESSAGES', { toml: '', env: { SIDECAR_GOSSIP_MESSAGES: '1.5' } }],
  ['INTEGER_OUT_OF_RANGE', 'sidecar.max_checks is 0', { toml: 'sidecar.max_checks = 0' }],
  ['PORT_OUT_OF_RANGE', '65536', { toml: '', env: { HTTP_PORT: '65536' } }],
  ['DURATION_SYNTAX', '"abc"', { toml: 'sidecar.push_pull_interval = "abc"' }],
  ['DURATION_NEGATIVE', '"-1s"', { toml: 'haproxy.stale_hold = "-1s"' }],
  ['DURATION_ZERO', 'check_interval', { toml: 'sidecar.check_interval = "0s"' }],
  ['DURATION_TOO_LONG', 'max_future', { toml: 'sidecar.max_future = "3000000h"' }],
  ['IP_INVALID', '--advertise-ip is "10.0.0"', { toml: '', argv: ['-a', '10.0.0'] }],
  ['HOSTNAME_INVALID', '"a b"', { toml: 'sidecar.hostname = "a b"' }],
  ['HOST_PORT_INVALID', 'sidecar.stats_addr', { toml: 'sidecar.stats_addr = "statsd"' }],
  ['SEED_INVALID', 'SIDECAR_SEEDS[1] in the environment', { toml: '', env: { SIDECAR_SEEDS: 'a, b:x' } }],
  ['BIND_ADDRESS_INVALID', 'BIND_IP', { toml: '', env: { BIND_IP: '0.0.0.0:80\n  acl' } }],
  ['URL_INVALID', 'listeners.urls[0]', { toml: 'listeners.urls = ["http://"]' }],
  ['URL_SCHEME', 'ftp://', { toml: '', env: { SIDECAR_LISTENER: 'ftp://x/' } }],
  ['DOCKER_URL_INVALID', 'docker.sock', { toml: 'docker_discovery.docker_url = "/var/run/docker.sock"' }],
  ['DOCKER_URL_SCHEME', 'ssh://', { toml: '', env: { DOCKER_URL: 'ssh://me@host' } }],
  ['URL_PATH_INVALID', '"/a b"', { toml: 'sidecar.default_check_endpoint = "/a b"' }],
  ['CLUSTER_NAME_INVALID', 'cluster_name', { toml: 'sidecar.cluster_name = "a\\nb"' }],
  ['PATH_INVALID', 'config_file', { toml: 'static_discovery.config_file = "a\\u0000"' }],
  ['PATH_UNSAFE', 'runtime_socket', { toml: 'haproxy.runtime_socket = "/run/a b.sock"' }],
  ['SOCKET_PATH_TOO_LONG', '97 bytes', { toml: `haproxy.runtime_socket = "/${'a'.repeat(97)}"` }],
  ['COMMAND_INVALID', 'verify_command', { toml: 'haproxy.verify_command = "true\\u0000"' }],
  ['ACCOUNT_INVALID', 'haproxy.user', { toml: 'haproxy.user = "root\\n daemon"' }],
  ['KEY_NOT_BASE64', 'gossip_keys[0]', { toml: `sidecar.gossip_keys = ["${SECRET}!"]` }],
  ['KEY_LENGTH', '6 bytes', { toml: `sidecar.gossip_keys = ["${SECRET}"]` }],
  ['KEYS_FILE_UNREADABLE', 'keys', { toml: 'sidecar.gossip_keys_file = "keys"' }],
  ['KEYS_FILE_EMPTY', 'keys', { toml: 'sidecar.gossip_keys_file = "keys"', files: { keys: '\n' } }],
  [
    'KEYS_FILE_TOO_LONG',
    '17 keys',
    { toml: 'sidecar.gossip_keys_file = "keys"', files: { keys: 'AAECAwQFBgcICQoLDA0ODw==\n'.repeat(17) } },
  ],
  ['TOKEN_INVALID', 'HTTP_TOKEN', { toml: '', env: { HTTP_TOKEN: `${SECRET} x` } }],
  ['TOKEN_TWICE', 'token_file', { toml: 'http.token = "t"\nhttp.token_file = "t"', files: { t: SECRET } }],
  ['TOKEN_FILE_UNREADABLE', 't.txt', { toml: 'http.token_file = "t.txt"' }],
  ['TOKEN_FILE_INVALID', 't.txt', { toml: 'http.token_file = "t.txt"', files: { 't.txt': `${SECRET} x` } }],
  ['TLS_INCOMPLETE', 'tls_key', { toml: 'http.tls_cert = "c.pem"', files: { 'c.pem': '' } }],
  [
    'TLS_FILE_UNREADABLE',
    'k.pem',
    { toml: 'http = { tls_cert = "c.pem", tls_key = "k.pem" }', files: { 'c.pem': '' } },
  ],
  [
    'TLS_UNUSABLE',
    'c.pem (http.tls_cert) and k.pem (http.tls_key) cannot be used: the certificate is none',
    { toml: 'http = { tls_cert = "c.pem", tls_key = "k.pem" }', files: { 'c.pem': 'x', 'k.pem': SECRET } },
  ],
  ['LABEL_FILTER_INVALID', '"=x"', { toml: 'docker_discovery.label_filter = "=x"' }],
  ['CLUSTER_SYNTAX', 'CONSOLE_CLUSTERS', { toml: '', env: { CONSOLE_CLUSTERS: 'eu' } }],
  ['CLUSTER_INCOMPLETE', 'console.clusters[0]', { toml: 'console.clusters = [{ name = "eu" }]' }],
  [
    'CLUSTER_KEY_UNKNOWN',
    '"token"',
    { toml: `console.clusters = [{ name = "eu", url = "http://a", token = "${SECRET}" }]` },
  ],
  ['CLUSTER_LABEL_INVALID', '"a b"', { toml: 'console.clusters = [{ name = "a b", url = "http://a" }]' }],
  ['CLUSTER_URL_INVALID', 'CONSOLE_CLUSTERS[1]', { toml: '', env: { CONSOLE_CLUSTERS: 'eu=http://a,us=ftp://b' } }],
  ['CLUSTER_TWICE', 'CONSOLE_CLUSTERS[2]', { toml: '', env: { CONSOLE_CLUSTERS: 'a=http://a b=http://b a=http://c' } }],
  ['CLUSTER_IS_OWN', '"us"', { toml: 'console.clusters = [{ name = "us", url = "http://a" }]', argv: ['-nus'] }],
  ['NAMER_MISSING', 'services.namer', { toml: DOCKER }],
  ['NAMER_UNKNOWN', 'docker_label?', { toml: `${DOCKER}services.namer = "docker-label"` }],
  ['REGEX_INVALID', 'name_match', { toml: `${DOCKER}services = { namer = "regex", name_match = "^/(.+" }` }],
  ['REGEX_WITHOUT_GROUP', '"^/.+"', { toml: `${DOCKER}services = { namer = "regex", name_match = "^/.+" }` }],
  ['VERSIONS_ORDER', '[2, 5, 6]', { toml: 'sidecar.delegate_versions = [2, 5, 6]' }],
  ['PORT_TAKEN_TWICE', '7946', { toml: 'http.port = 7946' }],
];

describe('a malformed configuration', () => {
  test.each(MALFORMED)('is refused with %s and a sentence that names %s', (code, names, world) => {
    const result = load(world);
    expect(result.ok ? [] : result.problems.map((problem) => problem.code)).toEqual([code]);
    expect(result.ok ? '' : result.problems[0]?.message).toContain(names);
  });

  test('has a code of its own for every kind of mistake', () => {
    const codes = MALFORMED.map(([code]) => code);
    expect(new Set(codes).size).toBe(codes.length);
  });

  test('is refused for a key that has lost its = on the way', () => {
    const keys = (text: string): World => ({ toml: `sidecar.gossip_keys = ["${text}"]` });
    expect(problemsOf(keys('AAECAwQFBgcICQoLDA0ODw=='))).toEqual([]);
    expect(problemsOf(keys('AAECAwQFBgcICQoLDA0ODw'))).toEqual(['KEY_NOT_BASE64']);
  });

  test('never shows a secret or a control character', () => {
    const leaky: World[] = [
      { toml: `sidecar.gossip_keys = "${SECRET}"` },
      { toml: `listeners.urls = "http://me:${SECRET}@a/"` },
      { toml: `console.clusters = "http://me:${SECRET}@a/"` },
      { toml: `console.clusters = [{ name = "eu", url = "http://${SECRET}@a/" }]` },
      { toml: '', env: { CONSOLE_CLUSTERS: `http://me:${SECRET}@a/`, DOCKER_URL: `ftp://me:${SECRET}@a` } },
      { toml: '', argv: [`--token=${SECRET}`] },
      { toml: '"\\u001b[31m" = 1\n["\\u001b"]' },
    ];
    for (const world of [...leaky, ...MALFORMED.map((row) => row[2])]) {
      const result = load(world);
      for (const { message } of [...(result.ok ? [] : result.problems), ...result.warnings]) {
        expect(message).not.toContain(SECRET);
        expect(message).not.toMatch(/\p{Cc}/u);
      }
    }
  });

  test('is told of everything that is wrong with it, wherever it stands', () => {
    const result = load({
      toml: 'haproxy = { disable = "yes", user = 7 }\nlisteners = 3\nhttp.tls_key = ""\nservices.namer = "x"',
      env: { SIDECAR_BIND_PORT: 'x', SIDECAR_DISCOVERY: 'docker' },
      argv: ['--bogus', '-a', 'x'],
    });
    expect(result.ok ? [] : result.problems.map(({ code }) => code)).toEqual([
      'FLAG_UNKNOWN',
      'NOT_A_TABLE',
      'IP_INVALID',
      'INTEGER_SYNTAX',
      'NOT_A_BOOLEAN',
      'NOT_A_STRING',
      'NAMER_UNKNOWN',
    ]);
  });

  test('is told of the first mistakes only where there are hundreds of thousands', () => {
    expect(problemsOf({ toml: `sidecar.discovery = [${'1,'.repeat(500_000)}]` })).toEqual(
      Array(20).fill('LIST_ITEM_NOT_A_STRING'),
    );
    const keys = { toml: 'sidecar.gossip_keys_file = "keys"', files: { keys: 'x\n'.repeat(500_000) } };
    expect(problemsOf(keys)).toHaveLength(20);
    const unknown = Array.from({ length: 150_000 }, (_, i) => `${i.toString(36)}=1`).join('\n');
    expect(warningsOf({ toml: unknown }).filter((code) => code === 'UNKNOWN_KEY')).toHaveLength(100);
  });

  test('is refused even where a higher source wins over the wrong value', () => {
    const world = { toml: 'http.port = "x"', env: { HTTP_PORT: '7000' } };
    const result = load(world);
    expect(result.ok ? [] : result.problems.map(({ code }) => code)).toEqual(['NOT_AN_INTEGER']);
  });
});
