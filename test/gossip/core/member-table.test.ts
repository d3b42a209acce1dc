import { describe, expect, test } from '@jest/globals';
import { MemberTable, type Entry } from '../../../src/gossip/core/member-table.js';
import { NO_VERSIONS } from '../../../src/gossip/core/versions.js';
import { seeded } from './support/random.js';

function entry(name: string, state: Entry['state'] = 'alive'): Entry {
  const place = { address: `10.0.0.${name.charCodeAt(0)}`, port: 7946 };
  const rest = { incarnation: 1, stateSince: 0, lastHeard: undefined, roundTripMs: undefined };
  return { name, state, meta: new Uint8Array(0), versions: NO_VERSIONS, ...place, ...rest };
}

function tableOf(names: string): MemberTable {
  const table = new MemberTable(entry('A'), seeded(1));
  for (const name of names) table.add(entry(name));
  return table;
}

const never = (): boolean => false;
const everybody = (): boolean => true;

describe('the member table', () => {
  test('gives each member its turn to be probed once in a round, in another order each time', () => {
    const table = tableOf('bcdefgh');
    const rounds = [1, 2, 3].map(() => Array.from('bcdefgh', () => table.takeProbeTarget(never)?.name).join(''));
    for (const round of rounds) expect(Array.from(round).sort().join('')).toBe('bcdefgh');
    expect(new Set(rounds).size).toBeGreaterThan(1);
  });

  test('never gives the dead a turn, nor ourselves', () => {
    const table = tableOf('b');
    const b = table.get('b');
    if (b) b.state = 'dead';
    expect(table.takeProbeTarget(never)).toBeUndefined();
    expect(table.hasCompany()).toBe(false);
  });

  test('forgets at the end of a round, not in its middle', () => {
    const table = tableOf('bcd');
    const gone = (member: Entry): boolean => member.name === 'c';
    table.takeProbeTarget(gone);
    expect(table.size).toBe(4);
    for (let turn = 0; turn < 3; turn += 1) table.takeProbeTarget(gone);
    expect(table.size).toBe(3);
    expect(table.get('c')).toBeUndefined();
    expect(table.at(entry('c'))).toBeUndefined();
    expect(
      table
        .pick(9, everybody)
        .map(({ name }) => name)
        .sort(),
    ).toEqual(['b', 'd']);
  });

  test('picks without replacement: as many as there are, each once', () => {
    const table = tableOf('bcd');
    for (let time = 0; time < 50; time += 1)
      expect(
        table
          .pick(3, everybody)
          .map(({ name }) => name)
          .sort(),
      ).toEqual(['b', 'c', 'd']);
    expect(table.pick(3, ({ name }) => name === 'c').map(({ name }) => name)).toEqual(['c']);
  });

  test('picks everybody about equally often', () => {
    const table = tableOf('bcdef');
    const times = new Map<string, number>();
    for (let time = 0; time < 5000; time += 1)
      for (const { name } of table.pick(1, everybody)) times.set(name, (times.get(name) ?? 0) + 1);
    for (const count of times.values()) expect(Math.abs(count - 1000)).toBeLessThan(150);
    expect(times.size).toBe(5);
  });

  test('finds a member by its place, also after it has moved', () => {
    const table = tableOf('b');
    const b = table.get('b');
    if (!b) throw new Error('b was added');
    const old = { address: b.address, port: b.port };
    table.move(b, { address: '10.0.0.9', port: 1 });
    expect(table.at({ address: '10.0.0.9', port: 1 })?.name).toBe('b');
    expect(table.at(old)).toBeUndefined();
  });
});
