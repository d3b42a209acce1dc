import { describe, expect, test } from '@jest/globals';
import { isDeadServer, serverNames } from '../../src/haproxy/catalog-names.js';
import { Status } from '../../src/service/service.js';
import { record } from '../support/records.js';
import { snapshotOf } from './support/snapshots.js';

const port = (ip: string, servicePort = 80) => ({ type: 'tcp', port: 8_080, servicePort, ip });

describe('the names to resolve', () => {
  test('are host names in place of addresses, of ports that are proxied', () => {
    const snapshot = snapshotOf([
      record({ id: 'a', ports: [port('10.0.0.1'), port('db.example'), port('hidden.example', 0)] }),
      record({ id: 'b', ports: [port('::1'), port('')] }),
      record({ id: 'c', ports: [] }),
    ]);
    expect([...serverNames(snapshot, false)]).toEqual(['db.example']);
  });

  test('are those of the hosts with use_hostnames', () => {
    const snapshot = snapshotOf([
      record({ hostname: 'h1' }),
      record({ hostname: '10.0.0.9' }),
      record({ hostname: 'h2' }),
    ]);
    expect([...serverNames(snapshot, true)]).toEqual(['h1', 'h2']);
  });
});

describe('the instance behind a server', () => {
  test('is dead when its record is a tombstone, also as a stale twin', () => {
    const snapshot = snapshotOf([
      record({ id: 'dead', status: Status.Tombstone }),
      record({ id: 'ill', status: Status.Unhealthy }),
    ]);
    const seen = ['h1-dead', 'h1-dead-stale', 'h1-ill', 'h1-unknown'].map((name) => isDeadServer(snapshot, name));
    expect(seen).toEqual([true, true, false, false]);
  });

  test('is not dead while one of two that the name may mean lives: nobody’s connections are cut by mistake', () => {
    const dead = record({ hostname: 'a', id: 'b-c', status: Status.Tombstone });
    const alive = record({ hostname: 'a-b', id: 'c' });
    expect(isDeadServer(snapshotOf([dead, alive]), 'a-b-c')).toBe(false);
    expect(isDeadServer(snapshotOf([alive, dead]), 'a-b-c')).toBe(false);
    expect(isDeadServer(snapshotOf([dead]), 'a-b-c')).toBe(true);
  });
});
