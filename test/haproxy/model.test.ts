import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { buildModel, type ProxyModel } from '../../src/haproxy/model.js';
import { sanitizeName } from '../../src/haproxy/names.js';
import { Status, type Port, type Service } from '../../src/service/service.js';
import { record } from '../support/records.js';
import { noHost } from './support/render.js';
import { snapshotOf } from './support/snapshots.js';

const tcp = (servicePort: number, port = servicePort + 10_000): Port => ({
  type: 'tcp',
  port,
  servicePort,
  ip: '10.79.0.1',
});
const options = { ownPorts: new Map([[7777, 'HTTP API']]), useHostnames: false, bindIp: '10.79.0.1' };
const model = (...services: Service[]): ProxyModel => buildModel(snapshotOf(services), options, noHost);
const outline = ({ services }: ProxyModel): readonly string[] =>
  services.flatMap(({ name, mode, ports }) =>
    ports.map(
      ({ servicePort, servers }) =>
        `${name}:${servicePort} ${mode} ${servers.map(({ instance, port }) => `${instance.hostname}-${instance.id}@${port.port}`).join(' ')}`,
    ),
  );
const codes = (findings: ProxyModel['leftOut']): readonly string[] => findings.map(({ code }) => code);

describe('what HAProxy is told of the catalog (contract 9.3)', () => {
  test('services come bytewise, ports by number, servers by host and id', () => {
    const seen = outline(
      model(
        record({ name: 'web', hostname: 'h2', id: 'b', ports: [tcp(10000), tcp(9999)] }),
        record({ name: 'web', hostname: 'h10', id: 'a', ports: [tcp(9999)] }),
        record({ name: 'web', hostname: 'h2', id: 'a', ports: [tcp(9999)] }),
        record({ name: 'Z', hostname: 'h1', id: 'z', ports: [tcp(80)] }),
      ),
    );
    expect(seen).toEqual([
      'Z:80 http h1-z@10080',
      'web:9999 http h10-a@19999 h2-a@19999 h2-b@19999',
      'web:10000 http h2-b@20000',
    ]);
  });

  test('only instances that are alive and have ports are servers', () => {
    const statuses = [Status.Tombstone, Status.Unhealthy, Status.Unknown, Status.Draining, 7];
    const others = statuses.map((status) => record({ id: `s${status}`, status }));
    const seen = model(
      ...others,
      record({ id: 'none', ports: null }),
      record({ id: 'empty', ports: [] }),
      record({ id: 'ok' }),
    );
    expect(outline(seen)).toEqual(['web:9999 http h1-ok@10234']);
    expect(seen.leftOut).toEqual([]);
  });

  test('instances with different port sets are each in the backend of what they have (fault 13)', () => {
    const seen = model(
      record({ id: 'two', ports: [tcp(80), tcp(81)] }),
      record({ id: 'one', hostname: 'h2', ports: [tcp(81)] }),
    );
    expect(outline(seen)).toEqual(['web:80 http h1-two@10080', 'web:81 http h1-two@10081 h2-one@10081']);
  });

  test('a udp port on the same ServicePort is not what HAProxy connects to (fault 26)', () => {
    const ports = [
      { ...tcp(7200), type: 'udp', port: 21001 },
      { ...tcp(7200), port: 21002 },
    ];
    expect(outline(model(record({ ports })))).toEqual(['web:7200 http h1-aaaaaaaaaaaa@21002']);
  });

  test('a ServicePort of 0 gives no frontend, and a service without any is no service', () => {
    expect(outline(model(record({ ports: [tcp(0, 80)] })))).toEqual([]);
  });
});

describe('the mode of a service', () => {
  const modes = (...proxyModes: string[]): ProxyModel =>
    model(...proxyModes.map((proxyMode, i) => record({ id: `i${i}`, proxyMode })));

  test.each([
    { votes: ['tcp', 'tcp', 'http'], mode: 'tcp' },
    { votes: ['tcp', 'http'], mode: 'http' },
    { votes: ['ws', 'tcp'], mode: 'tcp' },
    { votes: ['ws', 'ws', 'http', 'tcp'], mode: 'ws' },
    { votes: ['', 'tcp'], mode: 'http' },
  ])('is that of most instances, ties in the order http, tcp, ws: $votes gives $mode', ({ votes, mode }) => {
    const seen = modes(...votes);
    expect(seen.services[0]?.mode).toBe(mode);
    expect(codes(seen.remarks)).toContain('PROXY_MODES_DIFFER');
    expect(seen.services[0]?.instances).toHaveLength(votes.length);
  });

  test('is http where none is given, with a remark (fault 5)', () => {
    const seen = modes('');
    expect(seen.services[0]?.mode).toBe('http');
    expect(codes(seen.remarks)).toEqual(['PROXY_MODE_EMPTY']);
  });

  test('has no say from an instance with an unknown one, which is left out alone', () => {
    const seen = modes('tcp', 'quic', 'quic');
    expect(seen.services[0]?.mode).toBe('tcp');
    expect(seen.services[0]?.instances).toHaveLength(1);
    expect(codes(seen.leftOut)).toEqual(['PROXY_MODE_UNKNOWN', 'PROXY_MODE_UNKNOWN']);
  });
});

describe('what is left out, alone and with its reason', () => {
  const good = record({ name: 'good', id: 'good', ports: [tcp(8000)] });

  test.each([
    ['NAME_EMPTY', record({ name: '' })],
    ['NAME_UNSAFE', record({ name: 'evil\nfrontend x' })],
    ['ID_INVALID', record({ id: 'a b' })],
    ['HOSTNAME_INVALID', record({ hostname: 'h1\n' })],
    ['IP_INVALID', record({ ports: [{ ...tcp(9999), ip: '1.2.3.4 check' }] })],
    ['PORT_OUT_OF_RANGE', record({ ports: [{ ...tcp(9999), port: 1.5 }] })],
    ['ADDRESS_UNUSABLE', record({ ports: [{ ...tcp(9999), ip: '...' }] })],
    ['ADDRESS_UNUSABLE', record({ ports: [{ ...tcp(9999), ip: 'fe80::1%eth0' }] })],
    ['ADDRESS_UNUSABLE', record({ ports: [{ ...tcp(9999), ip: '0.0.0.0' }] })],
    ['ADDRESS_UNUSABLE', record({ ports: [{ ...tcp(9999), ip: '::' }] })],
    ['ADDRESS_UNUSABLE', record({ ports: [{ ...tcp(9999), ip: '::ffff:0.0.0.0' }] })],
    ['ADDRESS_UNUSABLE', record({ ports: [{ ...tcp(9999), ip: '0' }] })],
    ['ADDRESS_UNUSABLE', record({ ports: [{ ...tcp(9999), ip: '0x7f000001' }] })],
    ['ADDRESS_UNUSABLE', record({ ports: [{ ...tcp(9999), ip: '224.0.0.1' }] })],
    ['ADDRESS_UNUSABLE', record({ ports: [{ ...tcp(9999), ip: 'ff02::1' }] })],
    ['SERVER_IS_FRONTEND', record({ ports: [tcp(9999, 8000)] })],
    ['SERVER_IS_FRONTEND', record({ ports: [tcp(9999, 9999)] })],
    ['PORT_ZERO', record({ ports: [tcp(9999, 0)] })],
    ['SERVICE_PORT_RESERVED', record({ ports: [tcp(7777)] })],
  ])('%s', (code, bad) => {
    const seen = model(good, bad);
    expect(outline(seen)).toEqual(['good:8000 http h1-good@18000']);
    expect(codes(seen.leftOut)).toEqual([code]);
  });

  test('a service on a ServicePort that an older service holds', () => {
    const old = record({ name: 'zoo', id: 'old', created: 1n, ports: [tcp(8000)] });
    const seen = model(good, old);
    expect(outline(seen)).toEqual(['zoo:8000 http h1-old@18000']);
    expect(seen.leftOut).toEqual([
      {
        service: 'good',
        servicePort: 8000,
        code: 'SERVICE_PORT_TAKEN',
        message: 'ServicePort 8000 belongs to zoo, which is older',
      },
    ]);
  });

  test('the second by name of two equally old services on one ServicePort, but not its other ports', () => {
    const rival = record({ name: 'a', id: 'rival', ports: [tcp(8000), tcp(8001)] });
    const seen = model(good, record({ ...rival, name: 'z' }));
    expect(outline(seen)).toEqual(['good:8000 http h1-good@18000', 'z:8001 http h1-rival@18001']);
  });

  test('a name that sanitizes to that of another service on the same port (fault 25)', () => {
    const seen = model(record({ name: 'a.b', id: '1' }), record({ name: 'a_b', id: '2' }));
    expect(outline(seen)).toEqual(['a.b:9999 http h1-1@10234']);
    expect(codes(seen.leftOut)).toEqual(['PROXY_NAME_TAKEN']);
    expect(seen.leftOut[0]?.message).toBe(
      'ServicePort 9999 belongs to a.b, which comes first by name and has the same proxy name',
    );
  });

  test('an instance whose server name another instance already has', () => {
    const seen = model(record({ hostname: 'a', id: 'b-c' }), record({ hostname: 'a-b', id: 'c' }));
    expect(outline(seen)).toEqual(['web:9999 http a-b-c@10234']);
    expect(codes(seen.leftOut)).toEqual(['SERVER_NAME_TAKEN']);
  });

  test('a bad host name matters only where servers are addressed by it', () => {
    const odd = snapshotOf([record({ hostname: 'h1..x' })]);
    expect(buildModel(odd, options, noHost).leftOut).toEqual([]);
    expect(codes(buildModel(odd, { ...options, useHostnames: true }, noHost).leftOut)).toEqual(['ADDRESS_UNUSABLE']);
  });
});

describe('a server that is a frontend of this HAProxy', () => {
  const servers = (ip: string, bindIp: string, port = 9999): number => {
    const host = { addresses: ['10.0.0.5', 'fe80::1%eth0'], setAside: new Map<number, string>() };
    const ports = [{ ...tcp(9999, port), ip }];
    return buildModel(snapshotOf([record({ ports })]), { ...options, bindIp }, host).services.length;
  };

  test.each([
    ['127.0.0.1', '127.0.0.1'],
    ['::ffff:127.0.0.1', '127.0.0.1'],
    ['localhost', '127.0.0.1'],
    ['127.0.0.1', ''],
    ['127.9.9.9', '0.0.0.0'],
    ['::1', ''],
    ['0:0:0:0:0:0:0:1', '::'],
    ['10.0.0.5', ''],
    ['fe80::1', '::'],
    ['h1', ''],
    ['localhost', ''],
  ])('is %s when the frontends are on "%s"', (ip, bindIp) => expect(servers(ip, bindIp)).toBe(0));

  test.each([
    ['10.0.0.5', '127.0.0.1'],
    ['127.0.0.1', '10.0.0.5'],
    ['10.0.0.6', ''],
    ['h2', ''],
  ])('is not %s when they are on "%s"', (ip, bindIp) => expect(servers(ip, bindIp)).toBe(1));

  test('is not one with another port', () => expect(servers('127.0.0.1', '127.0.0.1', 9998)).toBe(1));

  test('is not one whose ServicePort is set aside, since it is somebody else who listens there', () => {
    const host = { addresses: [], setAside: new Map([[8000, 'busy']]) };
    const services = [
      record({ name: 'a', ports: [tcp(9999, 8000)] }),
      record({ name: 'b', id: 'b', ports: [tcp(8000)] }),
    ];
    const seen = buildModel(snapshotOf(services), options, host);
    expect(outline(seen)).toEqual(['a:9999 http h1-aaaaaaaaaaaa@8000']);
    expect(codes(seen.leftOut)).toEqual(['SERVICE_PORT_UNAVAILABLE']);
  });
});

test('no two frontends of a model share a port or a proxy name, whatever the catalog holds', () => {
  const service = fc
    .record({
      name: fc.constantFrom('a.b', 'a_b', 'a-b', 'A', '', '__proto__', 'constructor', 'web'),
      id: fc.constantFrom('1', '2', 'b-1'),
      hostname: fc.constantFrom('h1', 'h2', 'h1-b'),
      created: fc.constantFrom(1n, 2n),
      servicePort: fc.integer({ min: 0, max: 3 }),
    })
    .map(({ servicePort, ...rest }) => record({ ...rest, ports: [tcp(servicePort)] }));
  fc.assert(
    fc.property(fc.array(service, { maxLength: 12 }), (services) => {
      const { services: proxied } = model(...services);
      const ports = proxied.flatMap(({ ports }) => ports.map(({ servicePort }) => servicePort));
      const names = proxied.flatMap(({ name, ports }) => ports.map((p) => `${sanitizeName(name)}-${p.servicePort}`));
      expect(new Set(ports).size).toBe(ports.length);
      expect(new Set(names).size).toBe(names.length);
    }),
  );
});

test.each([
  ['My_Svc.v2', '-y--vc-v2'],
  ['web', 'web'],
  ['a-1', 'a-1'],
  ['ü😀', '--'],
])('sanitizeName(%s) is %s (contract 9.4)', (name, sanitized) => expect(sanitizeName(name)).toBe(sanitized));
