import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { printable } from '../../src/lib/printable.js';
import { refusalOf } from '../../src/service/refusal.js';
import type { Service } from '../../src/service/service.js';
import { record } from '../support/records.js';

const port = { type: 'tcp', port: 80, servicePort: 8080, ip: '10.0.0.1' };

describe('what may not enter the catalog', () => {
  test.each<[string, string, Partial<Service>]>([
    ['NAME_UNSAFE', 'Name', { name: 'evil\nfrontend x' }],
    ['NAME_UNSAFE', 'Name', { name: 'two words' }],
    ['NAME_UNSAFE', 'Name', { name: 'line\u2028separator' }],
    ['NAME_TOO_LONG', 'Name', { name: 'x'.repeat(256) }],
    ['IMAGE_UNSAFE', 'Image', { image: 'a\u0000b' }],
    ['ID_INVALID', 'ID', { id: '' }],
    ['ID_INVALID', 'ID', { id: 'a b' }],
    ['HOSTNAME_INVALID', 'Hostname', { hostname: '' }],
    ['HOSTNAME_INVALID', 'Hostname', { hostname: 'h1 check' }],
    ['PROXY_MODE_UNKNOWN', 'ProxyMode', { proxyMode: 'http\n\thttp-request deny' }],
    ['TOO_MANY_PORTS', 'Ports', { ports: Array.from({ length: 257 }, () => port) }],
    ['PORT_TYPE_INVALID', 'Ports[0].Type', { ports: [{ ...port, type: 'TCP\n' }] }],
    ['PORT_OUT_OF_RANGE', 'Ports[1].Port', { ports: [port, { ...port, port: 65_536 }] }],
    ['PORT_OUT_OF_RANGE', 'Ports[0].Port', { ports: [{ ...port, port: 1.5 }] }],
    ['SERVICE_PORT_OUT_OF_RANGE', 'Ports[0].ServicePort', { ports: [{ ...port, servicePort: -1 }] }],
    ['IP_INVALID', 'Ports[0].IP', { ports: [{ ...port, ip: '10.0.0.1:80 weight' }] }],
    ['IP_INVALID', 'Ports[0].IP', { ports: [{ ...port, ip: '' }] }],
  ])('%s names the field %s', (code, field, change) => {
    expect(refusalOf(record(change), true)).toMatchObject({ code, field });
  });

  test.each<[string, Partial<Service>]>([
    ['an ordinary record', {}],
    ['an empty name, which is known but never proxied', { name: '' }],
    ['an image with a digest', { image: 'registry.example:5000/a/b@sha256:0123' }],
    ['a name in another script', { name: 'größe-服务' }],
    ['no list of ports', { ports: null }],
    ['IPv6', { ports: [{ ...port, ip: 'fd00::1' }] }],
    ['a host name as address', { ports: [{ ...port, ip: 'db.internal' }] }],
    ['a port without type', { ports: [{ ...port, type: '' }] }],
  ])('%s is welcome', (_what, change) => expect(refusalOf(record(change), true)).toBeUndefined());

  test('a mode we do not know is refused where the record is made, and kept when a peer made it', () => {
    expect(refusalOf(record({ proxyMode: 'grpc' }), true)?.code).toBe('PROXY_MODE_UNKNOWN');
    expect(refusalOf(record({ proxyMode: 'grpc' }), false)).toBeUndefined();
  });

  test('a value is shown on one line, however hostile', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (value) => {
        expect(printable(value)).toMatch(/^"[^\p{Cc}\u2028\u2029]*"$/u);
      }),
    );
  });
});
