import { describe, expect, test } from '@jest/globals';
import { printConfig } from '../../src/config/print.js';
import { loaded } from './load-from.js';

const KEY = Buffer.alloc(16, 7).toString('base64');

describe('the printed configuration', () => {
  test('has each value with its origin, under its table', () => {
    const text = printConfig(
      loaded({
        toml: 'haproxy.bind_ip = "10.0.0.1"',
        env: { HTTP_PORT: '80', SIDECAR_HAPROXY_DISABLE: '1' },
        argv: ['-nx'],
      }),
    );
    expect(text.split('\n')[0]).toBe('# effective configuration; "file" is sidecar.toml');
    expect(text).toMatch(
      /^\[haproxy\]\ndisable {11}= true +# env SIDECAR_HAPROXY_DISABLE\nbind_ip {11}= "10\.0\.0\.1" +# file$/m,
    );
    expect(text).toMatch(/^port {12}= 80 +# env HTTP_PORT$/m);
    expect(text).toMatch(/^cluster_name += "x" +# flag --cluster-name$/m);
    expect(text).toMatch(/^hostname +=.*# system$/m);
  });

  test('fits into 80 columns, unless a single value does not', () => {
    const env = { SIDECAR_ACCEPT_MISSING_CLUSTER_NAME: 'true', SIDECAR_DEFAULT_CHECK_ENDPOINT: `/${'x'.repeat(100)}` };
    const long = printConfig(loaded({ env }))
      .split('\n')
      .filter((line) => line.length > 80);
    expect(long.map((line) => line.slice(0, 22))).toEqual(['default_check_endpoint']);
  });

  test('is a configuration file that gives the same settings again', () => {
    const worlds = [
      { toml: '' },
      { env: { SIDECAR_SEEDS: 'a [::1]:7000', SIDECAR_DISCOVERY: 'static' } },
      {
        toml: `
          [sidecar]
          stats_addr = "10.0.0.1:8125"
          logging_format = "json"
          delegate_versions = [1, 3, 2]
          check_interval = "1.001s"
          [docker_discovery]
          label_filter = "a=b"
          [haproxy]
          stats_bind = ""
          verify_command = "echo \\"\\\\n\\"\\n# two lines"
          [console]
          clusters = [{ name = "eu", url = "http://a:7777" }]`,
      },
    ];
    for (const world of worlds) {
      const config = loaded(world);
      expect(loaded({ toml: printConfig(config) }).settings).toEqual(config.settings);
    }
  });

  test('never holds a secret', () => {
    const toml = `
      http.token = "hush-hush"
      sidecar.gossip_keys = ["${KEY}"]
      listeners.urls = ["http://me:hush-hush@a/"]
      docker_discovery.docker_url = "tcp://me:hush-hush@a:1"`;
    const text = printConfig(loaded({ toml }));
    expect(text).toMatch(/^token +=.*\*+.*file$/m);
    expect(text).not.toContain('hush-hush');
    expect(text).not.toContain(KEY);
  });
});
