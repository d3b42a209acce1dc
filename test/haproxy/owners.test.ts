import { describe, expect, test } from '@jest/globals';
import { buildModel, type HostView } from '../../src/haproxy/model.js';
import { ownersOf, type Owners } from '../../src/haproxy/owners.js';
import { Status, type Service } from '../../src/service/service.js';
import { record } from '../support/records.js';
import { defaults, noHost } from './support/render.js';
import { snapshotOf } from './support/snapshots.js';

function owners(services: readonly Service[], host: HostView = noHost): Owners {
  const snapshot = snapshotOf(services);
  return ownersOf(buildModel(snapshot, defaults, host), snapshot, defaults);
}

const web = record({ id: 'aa' });
const ofWeb = { service: 'web', servicePort: 9999, host: 'h1', instance: 'aa' };
const nobody = { service: null, servicePort: null };

describe('of what HAProxy runs', () => {
  test('a frontend is of the service after which it is called', () => {
    const { ofProxy } = owners([{ ...web, name: 'My_web' }]);
    expect(ofProxy('-y-web-9999')).toEqual({ service: 'My_web', servicePort: 9999 });
    expect(ofProxy('stats')).toEqual(nobody);
  });

  test('a server is of the instance after which it is called', () => {
    expect(owners([web]).ofServer('web-9999', 'h1-aa', '')).toEqual(ofWeb);
  });

  test('a server that finishes what it has is still of its instance', () => {
    const gone = { ...web, status: Status.Tombstone };
    const other = record({ id: 'bb', hostname: 'h2' });
    expect(owners([gone, other]).ofServer('web-9999', 'h1-aa', '')).toEqual(ofWeb);
  });

  test('a stale server is of the instance that went out of sight, and an id that ends in -stale is one', () => {
    const gone = { ...web, status: Status.Tombstone };
    expect(owners([gone], { ...noHost, isHeld: () => true }).ofServer('web-9999', 'h1-aa-stale', '')).toEqual(ofWeb);
    const both = owners([web, record({ id: 'aa-stale' })]);
    expect(both.ofServer('web-9999', 'h1-aa-stale', '')).toEqual({ ...ofWeb, instance: 'aa-stale' });
  });

  test('a server that a template calls otherwise is of the instance at its address', () => {
    const { ofServer } = owners([web]);
    expect(ofServer('web-9999', 's1', '10.79.0.1:10234')).toEqual(ofWeb);
    expect(ofServer('be_web', 's1', '10.79.0.1:10234')).toEqual(ofWeb);
    const six = owners([{ ...web, ports: [{ type: 'tcp', port: 10234, servicePort: 9999, ip: 'fd00::1' }] }]);
    expect(six.ofServer('be_web', 's1', '[fd00::1]:10234')).toEqual(ofWeb);
  });

  test('a server at an address of two ServicePorts is of the one that its backend is called after', () => {
    const port = { type: 'tcp', port: 10234, servicePort: 9999, ip: '10.79.0.1' };
    const { ofServer } = owners([{ ...web, ports: [port, { ...port, servicePort: 9998 }] }]);
    expect(ofServer('web-9998', 's1', '10.79.0.1:10234')).toEqual({ ...ofWeb, servicePort: 9998 });
    expect(ofServer('be_web', 's1', '10.79.0.1:10234')).toEqual({ ...ofWeb, servicePort: null });
  });

  test('a server is of nobody when no record has its name in its service', () => {
    const { ofServer } = owners([web, record({ id: 'bb', name: 'other', ports: [] })]);
    const unknown = { service: 'web', servicePort: 9999, host: null, instance: null };
    expect(ofServer('web-9999', 'h1-bb', '10.9.9.9:1')).toEqual(unknown);
    expect(ofServer('own', 'h1-aa', '')).toEqual({ ...nobody, host: null, instance: null });
  });

  test('nothing has an owner before it is known what is served', () => {
    const { ofProxy } = ownersOf(undefined, snapshotOf([web]), defaults);
    expect(ofProxy('web-9999')).toEqual(nobody);
  });
});
