import { expect, test } from '@jest/globals';
import { buildModel } from '../../src/haproxy/model.js';
import { servedAs, viewHashOf } from '../../src/haproxy/view-hash.js';
import { Status, type Service } from '../../src/service/service.js';
import { record } from '../support/records.js';
import { defaults, noHost } from './support/render.js';
import { snapshotOf } from './support/snapshots.js';

const a = record({ id: 'a' });
const b = record({ id: 'b', hostname: 'h2' });
const hashOf = (services: readonly Service[], overrides: Partial<typeof defaults> = {}): string =>
  viewHashOf(buildModel(snapshotOf(services), { ...defaults, ...overrides }, noHost));

test('hosts that serve the same have the same hash, whatever came first and wherever they listen', () => {
  const hash = hashOf([a, b]);
  expect(hash).toMatch(/^[0-9a-f]{16}$/);
  expect(hashOf([b, { ...a, updated: a.updated + 1n, image: 'other' }])).toBe(hash);
  expect(hashOf([a, b], { bindIp: '10.79.0.2' })).toBe(hash);
});

test('whatever is served otherwise has another hash', () => {
  const others = [
    [a],
    [a, { ...b, status: Status.Draining }],
    [a, { ...b, ext: { weight: 7 } }],
    [a, { ...b, hostname: 'h3' }],
    [a, { ...b, ports: [{ type: 'tcp', port: 1, servicePort: 9_999, ip: '10.79.0.1' }] }],
    [a, b].map((each) => ({ ...each, proxyMode: 'tcp' })),
    [a, b].map((each) => ({ ...each, name: 'other' })),
    [],
  ].map((services) => hashOf(services));
  expect(new Set([...others, hashOf([a, b])]).size).toBe(others.length + 1);
});

test('single instances are served otherwise when something about them is, and only those are told that are asked for', () => {
  const served = (services: readonly Service[], asked = ['a', 'b']): ReadonlyMap<string, string> =>
    servedAs(buildModel(snapshotOf(services), defaults, noHost), ({ id }) => (asked.includes(id) ? id : undefined));
  const before = served([a, b]);
  expect([...before.keys()]).toEqual(['a', 'b']);
  expect([...served([a, b], ['b']).keys()]).toEqual(['b']);
  const after = served([
    { ...a, image: 'other', updated: a.updated + 1n },
    { ...b, status: Status.Draining },
  ]);
  expect(after.get('a')).toBe(before.get('a'));
  expect(after.get('b')).not.toBe(before.get('b'));
  expect(served([a, { ...b, status: Status.Unhealthy }]).has('b')).toBe(false);
});
