import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { containerOf } from '../../../src/discovery/docker/container.js';
import { fixture } from './containers.js';

const ID = 'a'.repeat(64);
const read = (members: object) => {
  const read = containerOf({ Id: ID, ...members });
  if (!read.ok) throw new Error(`${read.fault.field} is ${read.fault.seen}, expected ${read.fault.expected}`);
  return read.value;
};

describe("an entry of the engine's list", () => {
  test('is read with what matters of it', () => {
    const list = fixture('engine-containers-json.json') as readonly unknown[];
    const [first] = list.map(containerOf);
    expect(first).toEqual({
      ok: true,
      value: {
        id: '265bc521bea60f2c5b7b08f5b6472dd7adb005837ab7edc19638382222ca090f',
        name: 'sc-api-k',
        image: 'bb',
        created: 1_795_345_944_000_000_000n,
        state: 'running',
        health: 'none',
        ports: [{ privatePort: 80, publicPort: 32778, type: 'tcp', ip: '0.0.0.0' }],
        labels: new Map([
          ['HealthCheck', 'AlwaysSuccessful'],
          ['ServiceName', ''],
          ['SidecarListener', 'zz'],
        ]),
      },
    });
    expect(list.map(containerOf).every(({ ok }) => ok)).toBe(true);
  });

  test('what an engine leaves out or says as null is empty', () => {
    const empty = {
      ...{ id: ID, name: '', image: '', created: 0n, state: 'running', health: 'none', ports: [] },
      labels: new Map(),
    };
    expect(read({})).toEqual(empty);
    const absent = { Names: null, Image: null, Created: null, State: null, Status: null, Health: null };
    expect(read({ ...absent, Ports: null, Labels: null })).toEqual(empty);
  });

  test('ports that are not published are left out', () => {
    const Ports = [
      { PrivatePort: 80, Type: 'tcp' },
      { PrivatePort: 81, PublicPort: 0, Type: 'tcp' },
      { PrivatePort: 82, PublicPort: 8082, Type: 'udp' },
    ];
    expect(read({ Ports }).ports).toEqual([{ privatePort: 82, publicPort: 8082, type: 'udp', ip: '' }]);
  });

  test.each([
    [['/web-1'], 'web-1'],
    [['/other/alias', '/web-1'], 'web-1'],
    [['/other/alias'], 'other/alias'],
    [['web-1'], 'web-1'],
    [[], ''],
  ])('of the names %j its own is %j', (Names, name) => {
    expect(read({ Names }).name).toBe(name);
  });

  test.each([
    ['Up 5 seconds (healthy)', undefined, 'healthy'],
    ['Up 2 weeks (unhealthy)', undefined, 'unhealthy'],
    ['Up Less than a second (health: starting)', undefined, 'starting'],
    ['Up 5 minutes', undefined, 'none'],
    ['Up 5 minutes (Paused)', undefined, 'none'],
    ['Up 5 seconds (healthy)', { Status: 'unhealthy', FailingStreak: 3 }, 'unhealthy'],
    ['Up 5 seconds', { Status: 'none', FailingStreak: 0 }, 'none'],
    ['Up 5 seconds', { Status: 'something new' }, 'none'],
  ])('status %j and health %j mean %j', (Status, Health, health) => {
    expect(read({ Status, ...(Health && { Health }) }).health).toBe(health);
  });

  test.each([
    [null, 'CONTAINER_NOT_AN_OBJECT', '', 'null'],
    [[], 'CONTAINER_NOT_AN_OBJECT', '', 'an array'],
    [{}, 'ID_INVALID', 'Id', 'absent'],
    [{ Id: 'short' }, 'ID_INVALID', 'Id', '"short"'],
    [{ Id: `${ID}\n` }, 'ID_INVALID', 'Id', JSON.stringify(`${ID}\n`)],
    [{ Id: ID, Names: '/web' }, 'NAMES_INVALID', 'Names', '"/web"'],
    [{ Id: ID, Names: [7] }, 'NAMES_INVALID', 'Names', 'an array'],
    [{ Id: ID, Created: 1.5 }, 'CREATED_INVALID', 'Created', '1.5'],
    [{ Id: ID, Created: 253_402_300_800 }, 'CREATED_INVALID', 'Created', '253402300800'],
    [{ Id: ID, Ports: {} }, 'PORTS_NOT_AN_ARRAY', 'Ports', 'an object'],
    [{ Id: ID, Ports: [80] }, 'PORT_NOT_AN_OBJECT', 'Ports[0]', '80'],
    [{ Id: ID, Ports: [{ PublicPort: 65_536 }] }, 'PORT_INVALID', 'Ports[0].PublicPort', '65536'],
    [{ Id: ID, Labels: { a: 1 } }, 'LABELS_INVALID', 'Labels', 'an object'],
    [{ Id: ID, Health: 'healthy' }, 'HEALTH_NOT_AN_OBJECT', 'Health', '"healthy"'],
  ])('%j is refused', (summary, code, field, seen) => {
    const read = containerOf(summary);
    expect(read.ok ? undefined : read.fault).toMatchObject({ code, field, seen });
  });

  test('whatever an engine says is read or refused', () => {
    const keys = ['Id', 'Names', 'Image', 'Created', 'State', 'Status', 'Health', 'Ports', 'Labels'];
    const members = fc.dictionary(fc.constantFrom(...keys), fc.jsonValue());
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), members), (summary) => {
        const read = containerOf(summary);
        expect(read.ok ? read.value.id : read.fault.expected).not.toBe('');
      }),
    );
  });
});
