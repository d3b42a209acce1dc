import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { maxconnWithin } from '../../src/haproxy/render.js';
import { Status, type Port, type Service } from '../../src/service/service.js';
import { record } from '../support/records.js';
import { hostileService } from './support/hostile.js';
import { builtIn, compiled, noHost, rendered } from './support/render.js';

const tcp = (servicePort: number, port: number, ip = '10.79.0.1'): Port => ({ type: 'tcp', port, servicePort, ip });
const section = (config: string, title: string): string =>
  config.split(/\n(?=# -{3,} )/).find((part) => part.startsWith(title)) ?? '';

describe('the built-in template (contract appendix A)', () => {
  test('writes one frontend and one backend per service and port', () => {
    const config = rendered([
      record(),
      record({ hostname: 'h2', id: 'bbbbbbbbbbbb', ports: [tcp(9999, 10234, '10.79.0.2')] }),
      record({
        name: 'db',
        id: 'cccccccccccc',
        proxyMode: 'tcp',
        ports: [tcp(5432, 15432), { ...tcp(5433, 15433), type: 'udp' }],
      }),
    ]);
    expect(section(config, '# ----------- db')).toBe(`# ----------- db port 5432 --------------
frontend db-5432
	mode tcp
	bind 10.79.0.1:5432
	default_backend db-5432

backend db-5432
	mode tcp
	timeout tunnel 1h
	server h1-cccccccccccc 10.79.0.1:15432 weight 100
`);
    expect(section(config, '# ----------- web')).toBe(`# ----------- web port 9999 --------------
frontend web-9999
	mode http
	bind 10.79.0.1:9999
	option idle-close-on-response
	default_backend web-9999

backend web-9999
	mode http
	http-request disable-l7-retry unless { method GET HEAD OPTIONS PUT DELETE TRACE }
	server h1-aaaaaaaaaaaa 10.79.0.1:10234 weight 100
	server h2-bbbbbbbbbbbb 10.79.0.2:10234 weight 100

`);
  });

  test('has a private stats socket that hands out listeners, and neither daemon nor cookie', () => {
    const config = rendered([record()]);
    expect(config).toContain('stats   socket /var/run/haproxy_stats.sock mode 600 level admin expose-fd listeners\n');
    expect(config).not.toMatch(/daemon|cookie/);
    expect(config).not.toMatch(/^\t(user|group)/m);
  });

  test('opens the socket to a group that is given', () => {
    const config = rendered([], { user: 'haproxy', group: 'haproxy' });
    expect(config).toContain('\tuser haproxy\n\tgroup haproxy\n\tmaxconn');
    expect(config).toContain(' mode 660 group haproxy level admin expose-fd listeners\n');
  });

  test('treats ws as http with a long tunnel timeout (contract 9.6)', () => {
    const part = section(rendered([record({ proxyMode: 'ws' })]), '# ----------- web');
    expect(part.match(/^\tmode (.*)$/gm)).toEqual(['\tmode http', '\tmode http']);
    expect(part).toContain('option idle-close-on-response');
    expect(part).toContain('timeout tunnel 1h');
  });

  test('lets HAProxy start when a host name cannot be resolved', () => {
    const config = rendered([record()], { useHostnames: true });
    expect(config).toContain('server h1-aaaaaaaaaaaa h1:10234 weight 100 init-addr last,libc,none\n');
  });

  test('writes IPv6 addresses in brackets', () => {
    const config = rendered([record({ ports: [tcp(80, 8080, 'fd00::1')] })], { bindIp: '::1' });
    expect(config).toContain('bind [::1]:80\n');
    expect(config).toContain(' [fd00::1]:8080 weight 100\n');
  });

  test('listens on all addresses without bind_ip, and has no stats page or socket without their settings', () => {
    const config = rendered([record()], { bindIp: '', statsBind: '', runtimeSocket: '' });
    expect(config).toContain('bind :9999\n');
    expect(config).not.toMatch(/stats/);
  });

  test('gives weights, and slow starts where an instance asks for one; a draining one has weight 0', () => {
    const config = rendered([
      record({ id: 'a', ext: { weight: 7, slowStartMs: 10_000 } }),
      record({ id: 'b', ext: { weight: 256, slowStartMs: 1_500 } }),
      record({ id: 'c', status: Status.Draining, ext: { weight: 50 } }),
    ]);
    expect(config.match(/^\tserver .*$/gm)).toEqual([
      '\tserver h1-a 10.79.0.1:10234 weight 7 slowstart 10s',
      '\tserver h1-b 10.79.0.1:10234 weight 256 slowstart 1500ms',
      '\tserver h1-c 10.79.0.1:10234 weight 0',
    ]);
  });

  test('has HAProxy check an instance that is out of sight, under a name of its own', () => {
    const config = rendered([record({ status: Status.Tombstone })], {}, builtIn, { ...noHost, isHeld: () => true });
    expect(config).toContain(
      '\tserver h1-aaaaaaaaaaaa-stale 10.79.0.1:10234 weight 100 check inter 1s fall 2 rise 1\n',
    );
  });

  test('keeps the port of a service without a server', () => {
    const part = section(rendered([record({ status: Status.Tombstone })]), '# ----------- web');
    expect(part).toContain('\tbind 10.79.0.1:9999\n');
    expect(part).not.toContain('\tserver ');
  });

  test('lets a new HAProxy take over the states of servers, and ends an old one', () => {
    const config = rendered([record()], { serverStateFile: '/run/my state', hardStopAfterMs: 90_000 });
    expect(config).toContain('\thard-stop-after 90s\n\tserver-state-file /run/my\\ state\n');
    expect(config).toContain('\tload-server-state-from-file global\n');
    expect(rendered([record()])).not.toContain('state');
  });

  test('escapes a socket path with a blank in it', () => {
    expect(rendered([], { runtimeSocket: '/tmp/my dir/s' })).toContain('socket /tmp/my\\ dir/s mode');
  });
});

test.each([
  [undefined, 10, 4096],
  [1_000_000, 10, 4096],
  [1024, 24, 450],
  [64, 10, 16],
])('with %p files and %p frontends maxconn is %p', (limit, frontends, maxconn) =>
  expect(maxconnWithin(limit, frontends)).toBe(maxconn),
);

describe('rendering is deterministic', () => {
  test('the same records give the same bytes in whatever order they arrived', () => {
    const services = ['web', '10', '9', '__proto__', 'constructor', 'Ü', '\u{1F600}', '\uFFFD'].flatMap((name, i) =>
      ['h2', 'h1', 'h10'].map((hostname) => record({ name, hostname, id: `${i}`, ports: [tcp(1000 + i, 80)] })),
    );
    const expected = rendered(services);
    fc.assert(
      fc.property(fc.shuffledSubarray(services, { minLength: services.length }), (shuffled) => {
        expect(rendered(shuffled)).toBe(expected);
      }),
      { numRuns: 30 },
    );
    expect(expected.match(/^frontend /gm)).toHaveLength(9);
  });

  test('`now` in a custom template is the time of the catalog, not of the rendering', () => {
    expect(rendered([record()], {}, compiled('{{now}}'))).toBe('2023-11-14 22:13:20 +0000 UTC');
  });
});

/** Every line the built-in template can make, with the words that a record contributes. */
const LINES: readonly RegExp[] = [
  /^$/,
  /^#$/,
  /^# (DO NOT EDIT THIS FILE|Auto-generated by Sidecar; the next change of the catalog overwrites it|-+ STATS -+)$/,
  /^(global|defaults|frontend stats)$/,
  /^# ----------- [^\p{C}\p{Z}]+ port \d+ --------------$/u,
  /^(frontend|backend) [a-z0-9-]+-\d+$/,
  /^\tmode (http|tcp)$/,
  /^\tbind [0-9.]+:\d+$/,
  /^\tdefault_backend [a-z0-9-]+-\d+$/,
  /^\tserver [A-Za-z0-9._:-]+ (\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+):\d+ weight \d+( slowstart \d+m?s)?( init-addr last,libc,none)?$/,
  /^\t(maxconn|hard-stop-after|log|stats|option|retries|retry-on|timeout|balance|http-after-response|http-request) [^\n]*$/,
];

test('whatever a record says, it never adds a line of its own to the file', () => {
  const fixed = new Set(rendered([]).split('\n'));
  const perService = new Set([
    '\ttimeout tunnel 1h',
    '\toption idle-close-on-response',
    '\thttp-request disable-l7-retry unless { method GET HEAD OPTIONS PUT DELETE TRACE }',
  ]);
  fc.assert(
    fc.property(fc.array(hostileService, { maxLength: 8 }), fc.boolean(), (services: Service[], useHostnames) => {
      for (const line of rendered(services, { useHostnames }).split('\n')) {
        const known = LINES.some((shape) => shape.test(line));
        const fromRecord =
          /^\t(maxconn|hard-stop-after|log|stats|option|retries|retry-on|timeout|balance|http-\S+) /.test(line);
        if (!known || (fromRecord && !fixed.has(line) && !perService.has(line))) throw new Error(JSON.stringify(line));
      }
    }),
    { numRuns: 300 },
  );
});

describe('custom templates', () => {
  test('may ask for a port that a record does not have', () => {
    const template = compiled('{{#each Services.web as |svc|}}{{portFor 1 svc}} {{ipFor 1 svc}}{{/each}}');
    expect(rendered([record()], {}, template)).toBe('-1 h1');
  });

  test('walk names that JavaScript has a meaning for', () => {
    const template = compiled('{{#each Services as |services name|}}{{name}}={{getMode name}};{{/each}}');
    const names = ['__proto__', 'constructor', 'toString'];
    const services = names.map((name, i) => record({ name, id: name, ports: [tcp(80 + i, 1)] }));
    expect(rendered(services, {}, template)).toBe('__proto__=http;constructor=http;toString=http;');
  });

  test.each([
    ['', 'web:1 '],
    [' {{svc.Weight}}', 'web:1 100 web:2 0 web:3 0 '],
  ])('are given instances that are to be drained only if they can write the weight: "%s"', (weight, seen) => {
    const template = compiled(`{{#each (serversFor "web" 9999) as |svc|}}web:{{svc.ID}}${weight} {{/each}}`);
    const services = [
      record({ id: '1' }),
      record({ id: '2', status: Status.Draining }),
      record({ id: '3', ext: { weight: 0 } }),
    ];
    expect(rendered(services, {}, template)).toBe(seen);
  });

  test('see the ports of a service without a server', () => {
    const template = compiled(
      '{{#each (getPorts "web")}}{{@key}}:{{this}} {{/each}}[{{#each Services.web}}x{{/each}}]',
    );
    expect(rendered([record({ status: Status.Unhealthy })], {}, template)).toBe('9999:10234 []');
  });

  test('see ports in ascending order', () => {
    const template = compiled('{{#each (getPorts "web")}}{{@key}}:{{this}} {{/each}}');
    expect(rendered([record({ ports: [tcp(10000, 1), tcp(9999, 2)] })], {}, template)).toBe('9999:2 10000:1 ');
  });

  test('of the migration page render what the built-in template renders', async () => {
    const { readFile } = await import('node:fs/promises');
    const page = await readFile('docs/template-migration.md', 'utf8');
    const example = /```handlebars\n(.*?)```/s.exec(page)?.[1] ?? '';
    const services = [record(), record({ name: 'db', id: 'd', proxyMode: 'tcp', ports: [tcp(5432, 1)] })];
    const proxies = (config: string): string[] =>
      config.split('\n').filter((line) => /^(frontend|backend|\tserver|\tbind 10)/.test(line));
    expect(proxies(rendered(services, {}, compiled(example)))).toEqual(
      proxies(rendered(services)).filter((line) => !line.endsWith(' stats')),
    );
  });
});
