import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { buildModel, type HostView, type ProxyModel } from '../../src/haproxy/model.js';
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
const options = {
  ownPorts: new Map([[7777, 'HTTP API']]),
  useHostnames: false,
  bindIp: '10.79.0.1',
  staleHoldMs: 300_000,
};
const model = (...services: Service[]): ProxyModel => modelOn({}, ...services);
const modelOn = (host: Partial<HostView>, ...services: Service[]): ProxyModel =>
  buildModel(snapshotOf(services), options, { ...noHost, ...host });
const outline = ({ services }: ProxyModel): readonly string[] =>
  services.flatMap(({ name, mode, ports }) =>
    ports.map(({ servicePort, servers }) =>
      `${name}:${servicePort} ${mode} ${servers.map(({ instance, port }) => `${instance.hostname}-${instance.id}@${port.port}`).join(' ')}`.trimEnd(),
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

  test('only instances that are alive or draining and have ports are servers', () => {
    const statuses = [Status.Tombstone, Status.Unhealthy, Status.Unknown, 7];
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

describe('a ServicePort on which nobody can serve', () => {
  test.each([Status.Tombstone, Status.Unhealthy, Status.Unknown, 7])(
    'is kept without servers while there is a record of it: status %p',
    (status) => {
      const seen = model(record({ status, proxyMode: 'tcp' }));
      expect(outline(seen)).toEqual(['web:9999 tcp']);
      expect(seen.services[0]?.ports[0]?.instancePort).toBe(10_234);
      expect([...seen.leftOut, ...seen.remarks]).toEqual([]);
    },
  );

  test('is kept beside others on which there are servers', () => {
    const dead = record({ id: 'dead', status: Status.Tombstone, ports: [tcp(80), tcp(81)] });
    expect(outline(model(dead, record({ id: 'ok', ports: [tcp(81)] })))).toEqual([
      'web:80 http',
      'web:81 http h1-ok@10081',
    ]);
  });

  test('is not kept by a record that could not be written, nor said to be missing', () => {
    const seen = model(
      record({ id: '1', status: Status.Tombstone, ports: [tcp(9999, 0)] }),
      record({ id: '2', status: Status.Unhealthy, proxyMode: 'quic' }),
      record({ id: '3', status: Status.Unhealthy, ports: [{ ...tcp(9999), ip: '...' }] }),
    );
    expect(outline(seen)).toEqual([]);
    expect(seen.leftOut).toEqual([]);
  });

  test('has the mode of those who are alive, however many others there were', () => {
    const dead = ['1', '2', '3'].map((id) => record({ id, status: Status.Tombstone }));
    const seen = model(...dead, record({ id: '4', proxyMode: 'tcp' }));
    expect(seen.services[0]?.mode).toBe('tcp');
    expect(seen.remarks).toEqual([]);
  });
});

describe('instances that are out of sight', () => {
  const lost = (overrides: Partial<Service> = {}): Service => record({ status: Status.Tombstone, ...overrides });
  const isHeld = (hostname: string): boolean => hostname.startsWith('lost');
  const stale = ({ services }: ProxyModel): readonly boolean[] =>
    services.flatMap(({ ports }) => ports.flatMap(({ servers }) => servers.map((server) => server.stale)));

  test('stay servers where no other is left, marked, with a remark that does not change with time', () => {
    const seen = modelOn(
      { isHeld },
      lost({ hostname: 'lost1', id: 'a' }),
      lost({ hostname: 'lost2', id: 'b' }),
      lost({ hostname: 'seen-to-die', id: 'c' }),
      record({ hostname: 'h3', id: 'd', status: Status.Unhealthy }),
    );
    expect(outline(seen)).toEqual(['web:9999 http lost1-a@10234 lost2-b@10234']);
    expect(stale(seen)).toEqual([true, true]);
    expect(seen.remarks).toEqual([
      {
        service: 'web',
        servicePort: 9999,
        code: 'SERVICE_STALE',
        message:
          'its last instances, on lost1, lost2, are out of sight: ' +
          'they stay servers, checked by HAProxy, for at most 5m0s (stale_hold)',
      },
    ]);
  });

  test('of many hosts are not all named', () => {
    const seen = modelOn({ isHeld }, ...[1, 2, 3, 4, 5, 6, 7].map((n) => lost({ hostname: `lost${n}` })));
    expect(seen.remarks[0]?.message).toContain('on lost1, lost2, lost3, lost4, lost5 and 2 more, are');
  });

  test('are servers beside those that are all drained', () => {
    const seen = modelOn({ isHeld }, lost({ hostname: 'lost1' }), record({ status: Status.Draining }));
    expect(outline(seen)).toEqual(['web:9999 http h1-aaaaaaaaaaaa@10234 lost1-aaaaaaaaaaaa@10234']);
    expect(stale(seen)).toEqual([false, true]);
  });

  test('are no servers beside one that is alive', () => {
    const seen = modelOn({ isHeld }, lost({ hostname: 'lost1' }), record({ status: Status.Alive }));
    expect(outline(seen)).toEqual(['web:9999 http h1-aaaaaaaaaaaa@10234']);
    expect(stale(seen)).toEqual([false]);
    expect(seen.remarks).toEqual([]);
  });

  test('are kept on one ServicePort although another has servers that are alive', () => {
    const seen = modelOn(
      { isHeld },
      lost({ hostname: 'lost1', ports: [tcp(80), tcp(81)] }),
      record({ ports: [tcp(81)] }),
    );
    expect(outline(seen)).toEqual(['web:80 http lost1-aaaaaaaaaaaa@10080', 'web:81 http h1-aaaaaaaaaaaa@10081']);
  });
});

describe('the weight of a server', () => {
  test.each([
    ['100 unless it asks for another', {}, 100, 0],
    ['what it asks for', { ext: { weight: 7, slowStartMs: 10_000 } }, 7, 10_000],
    ['0 if it asks for that', { ext: { weight: 0 } }, 0, 0],
    ['0 while it is draining', { status: Status.Draining, ext: { weight: 7 } }, 0, 0],
  ])('is %s', (_, overrides, weight, slowStartMs) => {
    const [server] = model(record(overrides)).services[0]?.ports[0]?.servers ?? [];
    expect(server).toMatchObject({ weight, slowStartMs, stale: false });
  });
});

describe('two services on one ServicePort', () => {
  const old = record({ name: 'zoo', id: 'old', created: 1n });
  const young = record({ name: 'app', id: 'young', created: 2n });
  const winner = (seen: ProxyModel): readonly string[] => seen.services.map(({ name }) => name);

  test('leave it to the one that has it on this host, be it the younger', () => {
    const seen = modelOn({ holders: new Map([[9999, 'app']]) }, old, young);
    expect(winner(seen)).toEqual(['app']);
    expect(seen.leftOut.map(({ message }) => message)).toEqual([
      'ServicePort 9999 belongs to app, which has it on this host already',
    ]);
  });

  test('leave it to the oldest, if the one that had it wants it no more', () => {
    expect(winner(modelOn({ holders: new Map([[9999, 'ex']]) }, old, young))).toEqual(['zoo']);
  });

  test.each([
    [Status.Alive, false],
    [Status.Unhealthy, false],
    [Status.Tombstone, true],
  ])('leave it to the one that is not gone, without a word: status %p', (status, held) => {
    const gone = { ...old, status: Status.Tombstone };
    const there = { ...young, status, hostname: 'there' };
    const host = { holders: new Map([[9999, 'zoo']]), isHeld: (hostname: string) => held && hostname === 'there' };
    const seen = modelOn(host, gone, there);
    expect(winner(seen)).toEqual(['app']);
    expect(seen.leftOut).toEqual([]);
  });

  test('keep it for the one that has it, when both are gone', () => {
    const dead = [old, young].map((each) => ({ ...each, status: Status.Tombstone }));
    const seen = modelOn({ holders: new Map([[9999, 'app']]) }, ...dead);
    expect(winner(seen)).toEqual(['app']);
    expect(seen.leftOut).toEqual([]);
  });
});

describe('what this host does without', () => {
  test('a service that is set aside, with the reason, once for all of its ports', () => {
    const setAsideServices = new Map([['bad', 'unknown keyword']]);
    const seen = modelOn({ setAsideServices }, record(), record({ name: 'bad', id: 'b', ports: [tcp(80), tcp(81)] }));
    expect(outline(seen)).toEqual(['web:9999 http h1-aaaaaaaaaaaa@10234']);
    expect(seen.leftOut).toEqual([{ service: 'bad', code: 'SERVICE_SET_ASIDE', message: 'unknown keyword' }]);
  });

  test('which nobody is told of a service that is gone anyway', () => {
    const services = ['a', 'b', 'c'].map((name, i) =>
      record({ name, id: name, status: Status.Tombstone, ports: [tcp([7777, 80, 81][i] ?? 0)] }),
    );
    const seen = modelOn({ setAsideServices: new Map([['b', 'bad']]), setAside: new Map([[81, 'busy']]) }, ...services);
    expect(outline(seen)).toEqual([]);
    expect(seen.leftOut).toEqual([]);
  });

  test('an instance whose host name nobody resolves, while its port is kept', () => {
    const services = [record({ hostname: 'ghost' }), record({ name: 'db', hostname: 'h2', ports: [tcp(80)] })];
    const host = { ...noHost, unresolved: new Set(['ghost']) };
    const seen = buildModel(snapshotOf(services), { ...options, useHostnames: true }, host);
    expect(outline(seen)).toEqual(['db:80 http h2-aaaaaaaaaaaa@10080', 'web:9999 http']);
    expect(seen.leftOut).toEqual([
      {
        service: 'web',
        servicePort: 9999,
        instance: 'ghost/aaaaaaaaaaaa',
        code: 'HOSTNAME_UNRESOLVED',
        message: 'nobody knows the address of "ghost", expected a name that this host resolves',
      },
    ]);
  });
});

describe('a server that is a frontend of this HAProxy', () => {
  const servers = (ip: string, bindIp: string, port = 9999): number => {
    const host = { ...noHost, hostname: 'h1', addresses: ['10.0.0.5', 'fe80::1%eth0'] };
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

  test('does not keep a port when it is dead: it could not listen there again', () => {
    const seen = modelOn({}, record({ status: Status.Tombstone, ports: [{ ...tcp(9999, 9999), ip: '10.79.0.1' }] }));
    expect(outline(seen)).toEqual([]);
  });

  test('is not one with another port', () => expect(servers('127.0.0.1', '127.0.0.1', 9998)).toBe(1));

  test('is not one whose ServicePort is set aside, since it is somebody else who listens there', () => {
    const host = { ...noHost, setAside: new Map([[8000, 'busy']]) };
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
      status: fc.constantFrom(Status.Alive, Status.Draining, Status.Unhealthy, Status.Tombstone),
    })
    .map(({ servicePort, ...rest }) => record({ ...rest, ports: [tcp(servicePort)] }));
  fc.assert(
    fc.property(fc.array(service, { maxLength: 12 }), fc.boolean(), (services, held) => {
      const { services: proxied } = modelOn({ isHeld: () => held, holders: new Map([[1, 'web']]) }, ...services);
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
