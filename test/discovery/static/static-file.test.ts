import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { parseStaticFile, type StaticFile } from '../../../src/discovery/static/static-file.js';

const facts = {
  hostname: 'h1',
  publishedAddress: '10.79.0.254',
  ownPorts: new Map([[7777, 'the HTTP API of Sidecar']]),
  nowNs: 1_700_000_000_000_000_000n,
};

function read(targets: unknown): StaticFile {
  const parsed = parseStaticFile(JSON.stringify(targets), facts);
  if (!parsed.ok) throw new Error(parsed.fault.message);
  return parsed.value;
}

const fixture = (name: string): string => readFileSync(`test/fixtures/contract/config/${name}`, 'utf8');
const port = { type: 'tcp', port: 80, servicePort: 0, ip: '10.79.0.254' };

describe('a static file', () => {
  test('gives the services of the contract with its defaults', () => {
    const parsed = parseStaticFile(fixture('static.json'), facts);
    if (!parsed.ok) throw new Error(parsed.fault.message);
    expect(parsed.value.refused).toEqual([]);
    expect(parsed.value.services).toEqual([
      {
        id: expect.stringMatching(/^[0-9a-f]{12}$/),
        name: 'web',
        image: 'registry.example/web:1.2.3',
        created: facts.nowNs,
        hostname: 'h1',
        ports: [{ type: 'tcp', port: 10234, servicePort: 9999, ip: '10.79.0.254' }],
        proxyMode: 'http',
        check: { type: 'HttpGet', args: 'http://127.0.0.1:10234/' },
        tuning: {},
        listenPort: undefined,
      },
      {
        id: expect.stringMatching(/^[0-9a-f]{12}$/),
        name: 'db',
        image: 'db:9',
        created: facts.nowNs,
        hostname: 'h1',
        ports: [
          { type: 'tcp', port: 15432, servicePort: 5432, ip: '10.79.0.1' },
          { type: 'udp', port: 15433, servicePort: 5433, ip: '10.79.0.254' },
        ],
        proxyMode: 'tcp',
        check: { type: 'AlwaysSuccessful', args: '' },
        tuning: {},
        listenPort: 10005,
      },
    ]);
  });

  test('keys may be written in any case, unknown ones are ignored, and so is what the agent sets itself', () => {
    const parsed = parseStaticFile(fixture('static-health-kinds.json'), facts);
    if (!parsed.ok) throw new Error(parsed.fault.message);
    expect(parsed.value.refused).toEqual([]);
    expect(parsed.value.services).toHaveLength(20);
    const [ok] = parsed.value.services;
    expect(ok).toMatchObject({ name: 'ok', image: 'i', hostname: 'elsewhere', check: { type: 'HttpGet' } });
    expect(ok?.id).not.toBe('mine');
    expect(parsed.value.services.at(-1)).toMatchObject({ name: '', ports: null, proxyMode: 'http', check: undefined });
    expect(read([{ Service: { Name: 'x', Status: 'x', Created: 7 } }]).refused).toEqual([]);
  });

  test('an exact key is preferred to one that differs in case', () => {
    expect(read([{ Service: { name: 'b', Name: 'a', NAME: 'c' } }]).services[0]?.name).toBe('a');
  });

  test('null is the same as absent', () => {
    const { services, refused } = read([
      { Service: { Name: null, Ports: null, ProxyMode: null }, Check: null, ListenPort: null },
    ]);
    expect(refused).toEqual([]);
    expect(services[0]).toMatchObject({
      name: '',
      ports: null,
      proxyMode: 'http',
      check: undefined,
      listenPort: undefined,
    });
  });

  test.each(['', '0.0.0.0', '::', '::0', '0:0:0:0:0:0:0:0', '::ffff:0.0.0.0'])(
    'a port at %p, where nobody can reach it, has the published address',
    (IP) => expect(read([{ Service: { Ports: [{ Port: 80, IP }] } }]).services[0]?.ports?.[0]?.ip).toBe('10.79.0.254'),
  );

  test.each(['10.0.0.1', '::1', '0.0.0.1', '0'])('a port at %p stays there', (IP) =>
    expect(read([{ Service: { Ports: [{ Port: 80, IP }] } }]).services[0]?.ports?.[0]?.ip).toBe(IP),
  );

  test('a port type that is not given stays empty, and no ports stay distinct from absent ports', () => {
    const { services } = read([{ Service: { Ports: [{ Port: 80 }] } }, { Service: { Ports: [] } }]);
    expect(services.map(({ ports }) => ports)).toEqual([[{ ...port, type: '' }], []]);
  });

  test('check tuning stands in the check or beside it, and the check wins', () => {
    const tuning = { HealthCheckRise: 2, HealthCheckFall: 3, HealthCheckInterval: '5s', HealthCheckTimeout: '200ms' };
    const expected = { rise: 2, fall: 3, intervalMs: 5000, timeoutMs: 200 };
    expect(read([{ Check: { ...tuning } }]).services[0]?.tuning).toEqual(expected);
    expect(read([{ ...tuning, Check: { HealthCheckRise: 7 } }]).services[0]?.tuning).toEqual({ ...expected, rise: 7 });
  });

  test('weight and slow start stand in the service or beside it, and the service wins', () => {
    const share = { Weight: 0, SlowStart: '90s' };
    expect(read([{ Service: { ...share } }]).services[0]).toMatchObject({ weight: 0, slowStartMs: 90_000 });
    expect(read([{ ...share, Service: { Weight: 256 } }]).services[0]).toMatchObject({
      weight: 256,
      slowStartMs: 90_000,
    });
    const [silent] = read([{ Service: { Weight: null } }]).services;
    expect([silent?.weight, silent?.slowStartMs]).toEqual([undefined, undefined]);
  });

  test.each([{ Weight: '50' }, { Weight: 0.5 }, { Weight: -1 }, { SlowStart: 10 }, { SlowStart: '-1s' }])(
    '%j beside the service is refused',
    (share) => {
      const [key = ''] = Object.keys(share);
      expect(read([share]).refused).toMatchObject([
        { field: key, code: expect.stringMatching(/^(WEIGHT|SLOW_START)_INVALID$/) },
      ]);
    },
  );

  test('a check without a type is no check of its own', () => {
    expect(read([{ Check: { Args: 'http://x/' } }]).services[0]?.check).toBeUndefined();
  });
});

describe('ids of static services', () => {
  const target = { Service: { Name: 'web', Ports: [{ Type: 'tcp', Port: 80 }] } };
  const idsOf = (targets: unknown, changed: Partial<typeof facts> = {}): string[] => {
    const parsed = parseStaticFile(JSON.stringify(targets), { ...facts, ...changed });
    return parsed.ok ? parsed.value.services.map(({ id }) => id) : [];
  };

  test('are the same after a restart, whatever else changed', () => {
    const other = { Service: { Name: 'other' } };
    const relabelled = { Service: { ...target.Service, Image: 'new', ProxyMode: 'tcp' }, Check: { Type: 'Tcp' } };
    const [id] = idsOf([target]);
    expect(idsOf([other, relabelled], { nowNs: 5n, publishedAddress: '10.0.0.9' })[1]).toBe(id);
  });

  test('differ by host, name and ports', () => {
    const variants = [
      target,
      { Service: { ...target.Service, Hostname: 'h2' } },
      { Service: { ...target.Service, Name: 'web2' } },
      { Service: { ...target.Service, Ports: [{ Type: 'tcp', Port: 81 }] } },
      { Service: { Name: 'web' } },
    ];
    expect(new Set(idsOf(variants)).size).toBe(5);
  });

  test('identical targets have distinct ids that do not depend on a refused twin', () => {
    const ids = idsOf([target, target, target]);
    expect(new Set(ids).size).toBe(3);
    expect(idsOf([target, null, target])).toEqual(ids.slice(0, 2));
  });
});

/** Each broken in one way; what is said of it ends with these words. */
const BAD_TARGETS: readonly (readonly [code: string, target: unknown, message: string])[] = [
  ['TARGET_NOT_AN_OBJECT', null, 'target 1 is null, expected an object with Service and Check'],
  ['SERVICE_NOT_AN_OBJECT', { Service: 'web' }, 'Service is "web", expected an object'],
  ['NAME_NOT_TEXT', { Service: { Name: 7 } }, 'Service.Name is 7, expected a string'],
  ['NAME_UNSAFE', { Service: { Name: 'a\n  bind :6666' } }, 'expected printable characters without white space'],
  ['NAME_TOO_LONG', { Service: { Name: 'x'.repeat(300) } }, 'expected at most 255 characters'],
  ['IMAGE_NOT_TEXT', { Service: { Image: [] } }, 'Service.Image is an array, expected a string'],
  ['IMAGE_UNSAFE', { Service: { Image: 'a\u0000' } }, 'expected at most 1024 printable characters'],
  ['HOSTNAME_NOT_TEXT', { Service: { Hostname: {} } }, 'Service.Hostname is an object, expected a string'],
  ['HOSTNAME_INVALID', { Service: { Hostname: 'two words' } }, 'expected letters, digits and . _ -, at most 253'],
  ['PROXY_MODE_NOT_TEXT', { Service: { ProxyMode: true } }, 'Service.ProxyMode is true, expected a string'],
  ['PROXY_MODE_UNKNOWN', { Service: { ProxyMode: 'htp' } }, 'Service.ProxyMode is "htp", expected http, tcp, ws'],
  ['PORTS_NOT_AN_ARRAY', { Service: { Ports: {} } }, 'Service.Ports is an object, expected an array'],
  [
    'TOO_MANY_PORTS',
    { Service: { Ports: Array(257).fill({ Port: 1 }) } },
    'Service.Ports is 257, expected at most 256 entries',
  ],
  ['PORT_NOT_AN_OBJECT', { Service: { Ports: [{}, 80] } }, 'Service.Ports[1] is 80, expected an object'],
  ['PORT_TYPE_NOT_TEXT', { Service: { Ports: [{ Type: 6 }] } }, 'Service.Ports[0].Type is 6, expected a string'],
  [
    'PORT_TYPE_INVALID',
    { Service: { Ports: [{ Type: 'TCP ' }] } },
    'Service.Ports[0].Type is "TCP ", expected tcp, udp or sctp',
  ],
  [
    'PORT_NOT_AN_INTEGER',
    { Service: { Ports: [{ Port: '80' }] } },
    'Service.Ports[0].Port is "80", expected an integer',
  ],
  [
    'PORT_OUT_OF_RANGE',
    { Service: { Ports: [{ Port: 65_536 }] } },
    'Service.Ports[0].Port is "65536", expected an integer from 0 to 65535',
  ],
  [
    'SERVICE_PORT_NOT_AN_INTEGER',
    { Service: { Ports: [{ ServicePort: 1.5 }] } },
    'Service.Ports[0].ServicePort is 1.5, expected an integer',
  ],
  ['SERVICE_PORT_OUT_OF_RANGE', { Service: { Ports: [{ ServicePort: -1 }] } }, 'expected an integer from 0 to 65535'],
  [
    'SERVICE_PORT_IS_OURS',
    { Service: { Ports: [{ ServicePort: 7777 }] } },
    'Service.Ports[0].ServicePort is 7777, which belongs to the HTTP API of Sidecar, expected a free port',
  ],
  ['IP_NOT_TEXT', { Service: { Ports: [{ IP: 10 }] } }, 'Service.Ports[0].IP is 10, expected a string'],
  ['IP_INVALID', { Service: { Ports: [{ IP: '1.2.3.4 check' }] } }, 'expected an IPv4 or IPv6 address, or a host name'],
  ['CHECK_NOT_AN_OBJECT', { Check: [] }, 'Check is an array, expected an object'],
  ['CHECK_TYPE_NOT_TEXT', { Check: { Type: 1 } }, 'Check.Type is 1, expected a string'],
  ['CHECK_ARGS_NOT_TEXT', { Check: { Args: ['a'] } }, 'Check.Args is an array, expected a string'],
  ['CHECK_ARGS_TOO_LONG', { Check: { Args: 'x'.repeat(20_000) } }, 'expected at most 16384 characters'],
  ['WEIGHT_INVALID', { Service: { Weight: 257 } }, 'Service.Weight is 257, expected an integer from 0 to 256'],
  [
    'SLOW_START_INVALID',
    { Service: { SlowStart: '61m' } },
    'Service.SlowStart is "61m", expected a duration from 0s to 1h',
  ],
  ['RISE_INVALID', { Check: { HealthCheckRise: 0 } }, 'Check.HealthCheckRise is 0, expected an integer from 1 to 1000'],
  ['FALL_INVALID', { HealthCheckFall: '2' }, 'HealthCheckFall is "2", expected an integer from 1 to 1000'],
  [
    'INTERVAL_INVALID',
    { Check: { HealthCheckInterval: '1ms' } },
    'Check.HealthCheckInterval is "1ms", expected a duration from 100ms to 24h',
  ],
  [
    'TIMEOUT_INVALID',
    { Check: { HealthCheckTimeout: 3 } },
    'Check.HealthCheckTimeout is 3, expected a duration from 1ms to 1h',
  ],
  ['LISTEN_PORT_INVALID', { ListenPort: 70_000 }, 'ListenPort is 70000, expected an integer, at most 65535'],
];

describe('a bad target', () => {
  test.each(BAD_TARGETS)('%s: its neighbours stay in service', (code, target, message) => {
    const { services, refused } = read([{ Service: { Name: 'before' } }, target, { Service: { Name: 'after' } }]);
    expect(services.map(({ name }) => name)).toEqual(['before', 'after']);
    expect(refused).toHaveLength(1);
    expect(refused[0]).toMatchObject({ index: 1, code });
    expect(refused[0]?.message).toMatch(/^target 1/);
    expect(refused[0]?.message.endsWith(message)).toBe(true);
  });

  test('what it prints of a value cannot break a log line', () => {
    const { refused } = read([{ Service: { Name: '\u001b[31m\n\u2028'.repeat(100) } }]);
    expect(refused[0]?.message).toMatch(/^[\x20-\x7e…]*$/);
  });
});

const BAD_FILES: readonly (readonly [code: string, text: string, message: string])[] = [
  ['EMPTY', ' \n', 'is empty, expected a JSON array of targets'],
  [
    'JSON_TRUNCATED',
    '[{"Service":{"Na',
    'has "\\"Na" at line 1, column 14, expected a member name in double quotes or }',
  ],
  [
    'JSON_SYNTAX',
    '[ {"Service":{"Name":"x","ProxyMode":"http",}}]',
    'has "}}]" at line 1, column 45, expected a member name in double quotes',
  ],
  ['NOT_AN_ARRAY', '{"Service":{"Name":"x"}}', 'holds an object, expected an array of targets'],
  [
    'JSON_TOO_DEEP',
    '['.repeat(101) + ']'.repeat(101),
    'has "[]]]]]]]]]]]]]]]]]]]" at line 1, column 101, expected at most 100 levels of brackets',
  ],
  [
    'TOO_MANY_VALUES',
    `[${Array(1_000_000).fill('0').join()}]`,
    'has "0]" at line 1, column 2000000, expected at most 1000000 values',
  ],
  ['TOO_MANY_TARGETS', `[${Array(10_001).fill('{}').join()}]`, 'holds 10001 targets, expected at most 10000'],
];

describe('a file of which nothing can be used', () => {
  test.each(BAD_FILES)('%s', (code, text, message) => {
    expect(parseStaticFile(text, facts)).toEqual({ ok: false, fault: { code, message } });
  });

  test('every fault has a code of its own', () => {
    const codes = [...BAD_TARGETS, ...BAD_FILES].map(([code]) => code);
    expect(new Set(codes).size).toBe(codes.length);
  });

  test('no JSON whatever makes the reader throw', () => {
    const key = fc.constantFrom(
      'Service',
      'service',
      'Name',
      'Ports',
      'Port',
      'IP',
      'Check',
      'Type',
      'Args',
      'ListenPort',
      '__proto__',
    );
    const json = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 5 },
        fc.string(),
        fc.double(),
        fc.constantFrom(null, true, 80, 'tcp', 'http'),
        tie('list'),
        tie('object'),
      ),
      list: fc.array(tie('value'), { maxLength: 4 }),
      object: fc.dictionary(key, tie('value')),
    }));
    fc.assert(
      fc.property(fc.array(json.value, { maxLength: 5 }), (targets) => {
        const { services, refused } = read(targets);
        expect(services.length + refused.length).toBe(targets.length);
      }),
      { numRuns: 1_000 },
    );
  });
});
