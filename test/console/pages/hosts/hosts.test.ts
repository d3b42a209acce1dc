import { describe, expect, test } from '@jest/globals';
import { readMembers, type Member } from '../../../../src/console/data/answers.js';
import { Catalog, type ServiceGroup } from '../../../../src/console/data/catalog.js';
import { readConvergence, type Convergence } from '../../../../src/console/data/convergence.js';
import { readViews, type Views } from '../../../../src/console/data/views.js';
import {
  hostRows,
  instancesOn,
  isHostFound,
  isShown,
  loadText,
  type HostShow,
} from '../../../../src/console/pages/hosts/host-rows.js';
import {
  clockWords,
  delaysText,
  heardText,
  oddVersions,
  standingWords,
} from '../../../../src/console/pages/hosts/host-words.js';
import { agreementText, namesText, sharedDifferences, silentHosts } from '../../../../src/console/pages/hosts/sight.js';
import { troublesOf } from '../../../../src/console/pages/hosts/troubles.js';
import { instance } from '../../support.js';

type Json = Readonly<Record<string, unknown>>;

function members(...facts: readonly Json[]): readonly Member[] {
  const list = facts.map((each) => ({ state: 'alive', address: '10.0.0.5', lastHeardAgoMs: 20, skewMs: 3, ...each }));
  return readMembers({ members: list }) ?? [];
}

function member(facts: Json): Member {
  const [first] = members({ name: 'node2', ...facts });
  if (!first) throw new Error('that is no member');
  return first;
}

function convergence(hosts: readonly Json[], delays: Json = {}): Convergence {
  const read = readConvergence({ hosts, delays, contested: [] });
  if (!read) throw new Error('that is none');
  return read;
}

function views(hosts: readonly Json[], partitions: readonly (readonly string[])[] = []): Views {
  const read = readViews({ hosts: hosts.map((host) => ({ state: 'alive', differs: [], ...host })), partitions });
  if (!read) throw new Error('these are none');
  return read;
}

function groupsOf(...records: readonly Json[]): readonly ServiceGroup[] {
  const catalog = new Catalog();
  catalog.replace(records.map(instance));
  return catalog.groups();
}

const GROUPS = groupsOf(
  { ID: 'a1', Name: 'web', Hostname: 'node1' },
  { ID: 'a2', Name: 'web', Hostname: 'node1', Status: 2 },
  { ID: 'a3', Name: 'web', Hostname: 'node2' },
  { ID: 'b1', Name: 'api', Hostname: 'node2' },
  { ID: 'b2', Name: 'api', Hostname: 'node2', Status: 1 },
);

describe('hosts', () => {
  const rows = hostRows(
    members(
      { name: 'node1', isSelf: true },
      { name: 'node2', address: '10.0.0.6' },
      { name: 'node3', state: 'dead' },
      { name: 'node4', state: 'left' },
      { name: 'node5' },
    ),
    GROUPS,
    convergence([
      { name: 'node2', state: 'level' },
      { name: 'node5', state: 'behind', behindMs: 74_000 },
    ]),
  );

  test('what is drained is no trouble of its host, what is unhealthy is one beside it', () => {
    const shown = (...statuses: readonly number[]): boolean => {
      const groups = groupsOf(...statuses.map((Status, i) => ({ ID: `i${i}`, Status })));
      return hostRows(members({ name: 'node1' }), groups, undefined).some((row) => isShown(row, 'trouble'));
    };
    expect([shown(0, 4), shown(4, 2), shown(4, 3)]).toEqual([false, true, true]);
  });

  test('have what runs on them, without what is gone', () => {
    expect(rows.map(({ load }) => [load.services, load.instances, load.alive])).toEqual([
      [1, 2, 1],
      [2, 2, 2],
      [0, 0, 0],
      [0, 0, 0],
      [0, 0, 0],
    ]);
    expect(rows.slice(0, 2).map(({ load }) => loadText(load))).toEqual([
      '2 instances of 1 service, 1 alive',
      '2 instances of 2 services',
    ]);
    expect(instancesOn('node2', GROUPS).map(({ id }) => id)).toEqual(['b1', 'a3', 'b2']);
  });

  test.each<[HostShow, readonly string[]]>([
    ['', ['node1', 'node2', 'node3', 'node4', 'node5']],
    ['trouble', ['node1', 'node3', 'node5']],
    ['alive', ['node1', 'node2', 'node5']],
    ['away', ['node3', 'node4']],
  ])('shown as "%s"', (show, names) => {
    expect(rows.filter((row) => isShown(row, show)).map(({ member: { name } }) => name)).toEqual(names);
  });

  test.each([
    ['', 5],
    ['10.0.0.6', 1],
    ['NODE dead', 1],
    ['behind', 1],
    ['nobody', 0],
  ])('found by "%s"', (query, times) => {
    expect(rows.filter((row) => isHostFound(row, query))).toHaveLength(times);
  });
});

describe('a host in words', () => {
  test.each([
    [{ isSelf: true }, 'this agent', '–', 'soft'],
    [{ lastHeardAgoMs: 400, skewMs: 12 }, 'just now', 'in step', 'soft'],
    [{ lastHeardAgoMs: 425_000, skewMs: -340 }, '7 min ago', '340 ms behind', 'plain'],
    [{ lastHeardAgoMs: null, skewMs: 3_400 }, '–', '3.4 s ahead', 'warn'],
  ])('%j', (facts, heard, clock, tone) => {
    expect(heardText(member(facts))).toBe(heard);
    expect(clockWords(member(facts))).toEqual({ text: clock, tone });
  });

  test.each([
    ['level', 'level', 'plain'],
    ['behind', '1 min behind', 'bad'],
    ['different', 'different', 'bad'],
    ['silent', 'no HAProxy', 'soft'],
    ['unknown', '–', 'soft'],
    ['unheard of', '–', 'soft'],
  ])('its HAProxy is %s', (state, text, tone) => {
    const [standing] = convergence([{ name: 'node2', state, behindMs: 74_000 }]).hosts;
    expect(standingWords(standing)).toEqual({ text, tone });
  });

  test('who speaks another version than most is told, and nobody where all speak the same', () => {
    const versions = (pcur: number): Json => ({ versions: { pmin: 1, pmax: 5, pcur, dmin: 0, dmax: 0, dcur: 0 } });
    const all = members({ name: 'a', ...versions(2) }, { name: 'b', ...versions(2) }, { name: 'c', ...versions(4) });
    expect([...oddVersions(all)]).toEqual([['c', 'gossip protocol 4 of 1–5, delegate 0']]);
    expect(oddVersions(all.slice(0, 2)).size).toBe(0);
  });

  test.each([
    [{ p50Ms: null, changes: 0 }, 'Nothing has changed within the last hour.'],
    [{ p50Ms: 5, p99Ms: 5, changes: 1 }, 'The last change was in every HAProxy after 5.0 ms.'],
    [
      { p50Ms: 23.4, p99Ms: 61.2, changes: 203 },
      'Of the last 203 changes half were in every HAProxy within 23 ms, 99 of 100 within 61 ms.',
    ],
  ])('changes that took %j', (delays, text) => {
    expect(delaysText(convergence([], delays))).toBe(text);
  });

  test('what is wrong with it is told, the worst first; who left is not missed', () => {
    const [behind] = convergence([{ name: 'node2', state: 'behind', behindMs: 74_000 }]).hosts;
    const sight = views([{ name: 'node2', differs: [{ name: 'node3', state: 'dead', ours: 'alive' }] }]);
    const told = troublesOf(member({ state: 'dead', skewMs: -3_000, givenUpInMs: 80_000_000 }), behind, sight, 'node1');
    expect(told.map(({ title }) => title)).toEqual([
      'It is held for dead',
      'Its HAProxy is 1 min behind',
      'Its clock is 3.0 s behind',
      'It sees the members otherwise',
    ]);
    expect(told[0]?.text).toContain('It is tried for 22 h more.');
    expect(told[3]?.text).toBe('It has node3 as dead (here alive).');
    expect(troublesOf(member({ state: 'left' }), undefined, undefined, 'node1')).toEqual([]);
  });
});

describe('who sees whom', () => {
  const dead = { name: 'node9', state: 'dead', ours: 'alive' };

  test('is one sentence when all agree', () => {
    const agreed = views([
      { name: 'node1', sees: 3 },
      { name: 'node2', sees: 3 },
      { name: 'node3', message: 'connection refused' },
    ]);
    expect(agreementText(agreed)).toBe('All 2 hosts that could be asked see the same members.');
    expect(silentHosts(agreed).map(({ name }) => name)).toEqual(['node3']);
    expect(agreementText(views([{ name: 'node1', sees: 1 }]))).toBe('No other host says what it sees.');
    expect(
      agreementText(
        views([
          { name: 'node1', sees: 2 },
          { name: 'node2', sees: 1, omitted: 3 },
        ]),
      ),
    ).toBe('node2 sees the members otherwise than this agent, of 2 hosts that could be asked.');
  });

  test('differences that several have alike are told once, what most have first', () => {
    const differing = views([
      { name: 'node1', sees: 3 },
      { name: 'node2', sees: 2, differs: [{ name: 'node1', state: 'dead', ours: 'alive' }, dead] },
      { name: 'node3', sees: 2, differs: [dead] },
    ]);
    expect(sharedDifferences(differing)).toEqual([
      { ...dead, hosts: ['node2', 'node3'] },
      { name: 'node1', state: 'dead', ours: 'alive', hosts: ['node2'] },
    ]);
    expect(agreementText(differing)).toBe(
      '2 hosts see the members otherwise than this agent, of 3 hosts that could be asked.',
    );
  });

  test('of many names the first are told', () => {
    expect(namesText(['a', 'b', 'c'])).toBe('a, b, c');
    expect(namesText(['a', 'b', 'c', 'd', 'e'])).toBe('a, b, c and 2 more');
  });
});
