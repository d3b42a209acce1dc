import { describe, expect, test } from '@jest/globals';
import type { DockerHealth } from '../../../src/discovery/docker/container.js';
import { serviceOf, servicesOf } from '../../../src/discovery/docker/record.js';
import type { ObservedHealth } from '../../../src/service/discovered.js';
import { formatTimestamp } from '../../../src/service/timestamp.js';
import { container, facts, fixture, ID, labelled, said } from './containers.js';

const list = fixture('engine-containers-json.json') as readonly unknown[];
const read = servicesOf(list, { ...facts, composeNames: false });

interface OriginalRecord {
  readonly ID: string;
  readonly Ports: readonly { readonly IP: string }[];
}

/** Of a container that is not in the list. */
const UNRELATED = 'c4ed49fa0d0e';

/** What the original made of the same list, of a port that is listed for IPv4 and IPv6 only the former (section 13, fault 6). */
function originals(): readonly unknown[] {
  const { Services } = fixture('services.json') as { readonly Services: Record<string, readonly OriginalRecord[]> };
  return Object.values(Services)
    .flat()
    .filter((service) => service.ID !== UNRELATED)
    .map(({ Ports, ...service }) => ({ ...service, Ports: Ports.filter(({ IP }) => IP !== '::') }))
    .sort(byId);
}

const byId = (a: { readonly ID: string }, b: { readonly ID: string }): number => (a.ID < b.ID ? -1 : 1);

describe("the contract's containers", () => {
  test('give the records that the original makes of them', () => {
    const records = read.services
      .map(({ id, name, image, created, hostname, ports, proxyMode }) => ({
        ...{ ID: id, Name: name, Image: image, Created: formatTimestamp(created), Hostname: hostname },
        Ports: (ports ?? []).map(({ type, port, servicePort, ip }) => ({
          ...{ Type: type, Port: port, ServicePort: servicePort, IP: ip },
        })),
        Updated: expect.any(String),
        ProxyMode: proxyMode,
        Status: expect.any(Number),
      }))
      .sort(byId);
    expect(originals()).toEqual(records);
    expect(read.refused).toEqual([]);
  });

  test('give the checks that their labels name', () => {
    const checks = new Map(read.services.map(({ id, check }) => [id, check]));
    expect(Object.fromEntries(checks)).toEqual({
      '216a29091b27': { type: 'HttpGet', args: 'http://{{ host }}:{{ tcp 8080 }}/' },
      '16f9695e56ce': undefined,
      c36b0752831c: { type: 'HttpGet', args: 'http://{{ nosuch }}/' },
      c5e93028e47e: {
        type: 'HttpGet',
        args: 'http://{{ host }}:{{ tcp 7000 }}/{{ udp 5353 }}/{{ container }}/{{ .Name }}/{{ .ID }}',
      },
      '11572b5a494e': undefined,
      '7cdac26535f6': { type: 'External', args: "/bin/sh -c 'exit 0'" },
      '0cb3c8d0c258': { type: 'External', args: '/bin/test -d /tmp' },
      '0a36a6e00efe': { type: 'HttpGet', args: 'http://10.79.0.254:{{ tcp "x" }}/' },
      b14c815e0f8f: undefined,
      '265bc521bea6': { type: 'AlwaysSuccessful', args: '' },
    });
  });

  test('are complained of once for each label that is wrong', () => {
    expect(read.complaints.map((complaint) => [complaint.container, ...said({ complaints: [complaint] })])).toEqual([
      ['sc-api-k', 'LABEL_INVALID: ServiceName is "", expected the name of a service'],
      ['sc-api-k', 'LABEL_INVALID: SidecarListener is "zz", expected an integer from 0 to 65535'],
      ['sc-api-j', 'LABEL_INVALID: HealthCheckArgs is "http://10.79.0.254/", expected a label HealthCheck beside it'],
      ['sc-api-j', 'LABEL_INVALID: SidecarListener is "9", expected the ServicePort of one of its tcp ports'],
      ['sc-api-i', 'LABEL_INVALID: HealthCheck is "Bogus", expected HttpGet, External, AlwaysSuccessful, Tcp'],
      ['sc-api-d', 'LABEL_INVALID: ServicePort_80 is "abc", expected an integer from 0 to 65535'],
    ]);
  });

  test('the one that listens is found at the public port of its ServicePort', () => {
    const listening = read.services.filter(({ listenPort }) => listenPort !== undefined);
    expect(listening.map(({ name, listenPort }) => [name, listenPort])).toEqual([['alpha', 32769]]);
  });
});

describe('which containers are services', () => {
  test.each([
    ['running', true],
    ['paused', true],
    ['restarting', false],
    ['removing', false],
    ['exited', false],
    ['created', false],
    ['dead', false],
  ])('one that is %s: %s', (state, isService) => {
    expect(labelled({}, { container: { state } }).service !== undefined).toBe(isService);
  });

  test('SidecarDiscover leaves one out when it is exactly false', () => {
    expect(labelled({ SidecarDiscover: 'false', Weight: 'x' })).toEqual({
      service: undefined,
      complaints: [],
      unstated: 0,
    });
    expect(labelled({ SidecarDiscover: 'true' })).toMatchObject({ service: { id: ID }, complaints: [] });
    for (const value of ['False', '0', 'no', '']) {
      const reading = labelled({ SidecarDiscover: value });
      expect(reading.service?.id).toBe(ID);
      expect(said(reading)).toEqual([`LABEL_INVALID: SidecarDiscover is "${value}", expected true or false`]);
    }
  });

  test.each([
    [{ key: 'team', value: undefined }, { team: '' }, true],
    [{ key: 'team', value: undefined }, { team: 'red' }, true],
    [{ key: 'team', value: undefined }, { Team: 'red' }, false],
    [{ key: 'team', value: 'red' }, { team: 'red' }, true],
    [{ key: 'team', value: 'red' }, { team: 'blue' }, false],
    [{ key: 'team', value: 'red' }, {}, false],
    [{ key: 'team', value: '' }, { team: '' }, true],
    [{ key: 'team', value: '' }, { team: 'red' }, false],
  ])('label_filter %j and labels %j: %s', (labelFilter, labels, isService) => {
    expect(labelled({ ...labels }, { facts: { labelFilter } }).service !== undefined).toBe(isService);
  });

  test('a container that the filter leaves out is not complained of', () => {
    expect(labelled({ Weight: 'x' }, { facts: { labelFilter: { key: 'team', value: undefined } } }).complaints).toEqual(
      [],
    );
  });
});

describe('how a service is called', () => {
  const swarm = { 'com.docker.swarm.service.name': 'stack_web' };
  const compose = { 'com.docker.compose.service': 'api', ...swarm };
  const regex = (pattern: RegExp) => ({ facts: { namer: { kind: 'regex', pattern } as const } });

  test.each([
    [{ ServiceName: 'web', ...compose }, 'web'],
    [{ ServiceName: '', ...compose }, ''],
    [{ servicename: 'web' }, 'registry/web:1.2'],
    [compose, 'api'],
    [swarm, 'stack_web'],
    [{ 'com.docker.compose.service': '', ...swarm }, 'stack_web'],
    [{}, 'registry/web:1.2'],
  ])('docker_label with %j: %j', (labels, name) => {
    expect(labelled({ ...labels }).service?.name).toBe(name);
  });

  test('without compose_names it is called like the image', () => {
    expect(labelled(compose, { facts: { composeNames: false } }).service?.name).toBe('registry/web:1.2');
  });

  test('regex takes the first group, else what Compose says, else the image', () => {
    const ofImage = { facts: { ...regex(/^nothing-(.+)/).facts, composeNames: false } };
    expect(labelled(compose, regex(/^\/(.+)-\d+$/)).service?.name).toBe('web');
    expect(labelled(compose, regex(/eb(.)/)).service?.name).toBe('-');
    expect(labelled({ ServiceName: 'other', ...compose }, regex(/^nothing-(.+)/)).service?.name).toBe('api');
    expect(labelled(compose, ofImage).service?.name).toBe('registry/web:1.2');
  });

  test('a group that matched nothing gives no name', () => {
    expect(labelled({}, regex(/web(x)?/)).service?.name).toBe('registry/web:1.2');
    expect(labelled({}, regex(/web(x*)/)).service?.name).toBe('registry/web:1.2');
  });

  test('a name that could become more than a name leaves the container out, and is blamed on its label', () => {
    const reading = labelled({ ServiceName: 'web\n bind *:6666' });
    expect(reading.service).toBeUndefined();
    expect(reading.complaints).toEqual([
      {
        ...{ code: 'NAME_UNSAFE', id: ID, container: 'web-1', label: 'ServiceName', value: '"web\\n bind *:6666"' },
        ...{ expected: 'printable characters without white space', leavesOut: true },
      },
    ]);
  });
});

describe('what labels say beyond ports', () => {
  test('nothing: the defaults, and the default check', () => {
    expect(labelled({}).service).toEqual({
      id: ID,
      name: 'registry/web:1.2',
      image: 'registry/web:1.2',
      created: 1_795_345_944_000_000_000n,
      hostname: 'h1',
      ports: [{ type: 'tcp', port: 32768, servicePort: 0, ip: '10.79.0.254' }],
      proxyMode: 'http',
      check: undefined,
      tuning: {},
      listenPort: undefined,
    });
  });

  test('everything', () => {
    const reading = labelled({
      ...{ ProxyMode: 'tcp', HealthCheck: 'Tcp', HealthCheckArgs: '{{ host }}:{{ tcp 8080 }}', HealthCheckRise: '2' },
      ...{ HealthCheckFall: '3', HealthCheckInterval: '1m30s', HealthCheckTimeout: '500ms', Weight: '0' },
      ...{ SlowStart: '1.0006s', SidecarListener: '8080', ServicePort_80: '8080' },
    });
    expect(reading.complaints).toEqual([]);
    expect(reading.service).toMatchObject({
      proxyMode: 'tcp',
      check: { type: 'Tcp', args: '{{ host }}:{{ tcp 8080 }}' },
      tuning: { rise: 2, fall: 3, intervalMs: 90_000, timeoutMs: 500 },
      weight: 0,
      slowStartMs: 1001,
      listenPort: 32768,
    });
  });

  test.each([
    ['HealthCheckRise', '0', 'an integer from 1 to 1000'],
    ['HealthCheckFall', '1001', 'an integer from 1 to 1000'],
    ['HealthCheckFall', '2.5', 'an integer from 1 to 1000'],
    ['HealthCheckInterval', '99ms', 'a duration from 100ms to 24h'],
    ['HealthCheckInterval', '1 s', 'a duration from 100ms to 24h'],
    ['HealthCheckTimeout', '0s', 'a duration from 1ms to 1h'],
    ['HealthCheckTimeout', '', 'a duration from 1ms to 1h'],
    ['Weight', '257', 'an integer from 0 to 256'],
    ['Weight', '-1', 'an integer from 0 to 256'],
    ['SlowStart', '61m', 'a duration from 0s to 1h'],
    ['SidecarListener', '65536', 'an integer from 0 to 65535'],
    ['SidecarListener', '0', 'the ServicePort of one of its tcp ports'],
  ])('%s=%j counts as absent, with a complaint', (label, value, expected) => {
    const reading = labelled({ [label]: value });
    expect(reading.service).toEqual(labelled({}).service);
    expect(said(reading)).toEqual([`LABEL_INVALID: ${label} is "${value}", expected ${expected}`]);
  });

  test('a listener needs a tcp port', () => {
    const ports = [{ privatePort: 53, publicPort: 5300, type: 'udp', ip: '' }];
    const reading = labelled({ ServicePort_53: '5353', SidecarListener: '5353' }, { container: { ports } });
    expect(reading.service?.listenPort).toBeUndefined();
    expect(reading.complaints).toHaveLength(1);
  });

  test('an empty ProxyMode is http, an unknown one leaves the container out', () => {
    expect(labelled({ ProxyMode: '' })).toMatchObject({ service: { proxyMode: 'http' }, complaints: [] });
    expect(labelled({ ProxyMode: 'ws' }).service?.proxyMode).toBe('ws');
    const reading = labelled({ ProxyMode: 'http\n bind *:6666' });
    expect(reading.service).toBeUndefined();
    expect(said(reading)).toEqual(['PROXY_MODE_UNKNOWN: ProxyMode is "http\\n bind *:6666", expected http, tcp, ws']);
  });

  test('an empty HealthCheck is none', () => {
    expect(labelled({ HealthCheck: '' })).toMatchObject({ service: { check: undefined }, complaints: [] });
  });

  test('check arguments that are too long make the default check', () => {
    const reading = labelled({ HealthCheck: 'HttpGet', HealthCheckArgs: 'x'.repeat(16_385) });
    expect(reading.service?.check).toBeUndefined();
    expect(reading.complaints).toMatchObject([{ label: 'HealthCheckArgs', expected: 'at most 16384 characters' }]);
  });
});

describe('what Docker knows of the health', () => {
  const observed = (changed: Parameters<typeof labelled>[1], labels = {}) =>
    labelled(labels, changed).service?.observed;

  const SAYINGS: readonly (readonly [DockerHealth, ObservedHealth | undefined])[] = [
    ['healthy', { isHealthy: true, why: 'its HEALTHCHECK passes, says Docker' }],
    ['unhealthy', { isHealthy: false, why: 'its HEALTHCHECK fails, says Docker' }],
    ['starting', { isHealthy: false, why: 'its HEALTHCHECK has not passed yet, says Docker' }],
    ['none', undefined],
  ];
  test.each(SAYINGS)('%s counts when the labels name no check', (health, expected) => {
    expect(observed({ container: { health } })).toEqual(expected);
    expect(observed({ container: { health } }, { HealthCheck: 'External', HealthCheckArgs: 'true' })).toBeUndefined();
    expect(observed({ container: { health }, facts: { dockerHealthcheck: false } })).toBeUndefined();
  });

  test('a paused container is not healthy, whatever its check', () => {
    const paused = { state: 'paused', health: 'healthy' } as const;
    for (const labels of [{}, { HealthCheck: 'AlwaysSuccessful' }])
      for (const dockerHealthcheck of [true, false])
        expect(observed({ container: paused, facts: { dockerHealthcheck } }, labels)).toMatchObject({
          isHealthy: false,
        });
  });
});

describe('a list', () => {
  test('entries that are no containers harm no other', () => {
    const mixed = [null, ...list, { Id: 7 }];
    const { services, refused } = servicesOf(mixed, { ...facts, composeNames: false });
    expect(services).toEqual(read.services);
    expect(refused.map(({ code }) => code)).toEqual(['CONTAINER_NOT_AN_OBJECT', 'ID_INVALID']);
  });

  test('a container without a name is complained of by its id', () => {
    const { complaints } = serviceOf(container({ name: '', labels: new Map([['Weight', 'x']]) }), facts);
    expect(complaints).toMatchObject([{ container: ID }]);
  });
});
