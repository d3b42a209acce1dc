import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { MAX_COMPLAINTS, sentenceOf } from '../../../src/discovery/docker/labels.js';
import { serviceOf } from '../../../src/discovery/docker/record.js';
import { refusalOf } from '../../../src/service/refusal.js';
import { container, facts, labelled } from './containers.js';

const KNOWN = [
  ...['ServiceName', 'ServicePort_80', 'ServicePort_443', 'ServicePort_080', 'ProxyMode', 'HealthCheck', 'Weight'],
  ...['HealthCheckArgs', 'HealthCheckRise', 'HealthCheckFall', 'HealthCheckInterval', 'HealthCheckTimeout'],
  ...['SlowStart', 'SidecarListener', 'com.docker.compose.service', '__proto__', 'constructor'],
];
const NASTY = [
  '8080',
  '-1',
  '1e9',
  '\n bind *:6666',
  '{{ tcp "x" }}',
  '\u202e',
  '9'.repeat(400),
  '\ud800',
  'http',
  '1s',
];
const key = fc.oneof(fc.constantFrom(...KNOWN), fc.string({ unit: 'binary' }));
const value = fc.oneof(fc.constantFrom(...NASTY), fc.string({ unit: 'binary' }));
const labels = fc
  .uniqueArray(fc.tuple(key, value), { selector: ([key]) => key, maxLength: 40 })
  .map((all) => new Map(all));
/** Labels for thirty ports that no container can have. */
const many = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`ServicePort_x${i}`, '1']));
const ports = [80, 443].map((privatePort) => ({ privatePort, publicPort: privatePort + 32_000, type: 'tcp', ip: '' }));

describe('whatever labels say', () => {
  test('a service may enter the catalog, or the container is left out with a complaint', () => {
    fc.assert(
      fc.property(labels, (labels) => {
        const { service, complaints } = serviceOf(container({ ports, labels }), facts);
        if (service) expect(refusalOf(service, true)).toBeUndefined();
        expect(complaints.some(({ leavesOut }) => leavesOut)).toBe(service === undefined);
      }),
    );
  });

  test('a complaint is one printable line of bounded length, and they are few', () => {
    fc.assert(
      fc.property(labels, fc.string({ unit: 'binary' }), (labels, name) => {
        const { complaints } = serviceOf(container({ ports, labels, name }), facts);
        expect(complaints.length).toBeLessThanOrEqual(MAX_COMPLAINTS + 1);
        for (const sentence of complaints.map(sentenceOf)) {
          expect(sentence).not.toMatch(/\p{Cc}|[\u2028\u2029]/u);
          expect(sentence.length).toBeLessThan(2_000);
        }
      }),
    );
  });

  test('of two ports, what one says does not change the other', () => {
    const servicePort = fc.oneof(fc.constantFrom(...NASTY), fc.string());
    const withLabel = (label: string): unknown =>
      labelled({ ServicePort_80: '8000', ServicePort_443: label }, { container: { ports } }).service?.ports?.[0];
    fc.assert(fc.property(servicePort, (label) => expect(withLabel(label)).toEqual(withLabel('8001'))));
  });

  test('complaints beyond the bound are counted', () => {
    const { complaints, unstated, service } = labelled(many);
    expect([complaints.length, unstated, service?.id]).toEqual([MAX_COMPLAINTS, 30 - MAX_COMPLAINTS, '0123456789ab']);
  });

  test('what leaves the container out is said, however many complaints there are', () => {
    const { complaints, service } = labelled({ ...many, ProxyMode: 'x' });
    expect([service, complaints.at(-1)?.label]).toEqual([undefined, 'ProxyMode']);
  });
});
