import { describe, expect, test } from '@jest/globals';
import { Catalog, type ServiceGroup } from '../../../../src/console/data/catalog.js';
import type { Member } from '../../../../src/console/data/answers.js';
import type { ClusterFacts, ClusterView } from '../../../../src/console/data/overview.js';
import { readMembers } from '../../../../src/console/data/answers.js';
import { followDeployments, type Deployment } from '../../../../src/console/pages/clusters/deployments.js';
import { figuresOf, summaryOf } from '../../../../src/console/pages/clusters/heads-up.js';
import {
  byVersion,
  filterOf,
  isShown,
  placesOf,
  sideBySide,
} from '../../../../src/console/pages/clusters/side-by-side.js';
import { instance } from '../../support.js';

function servicesOf(...records: readonly Readonly<Record<string, unknown>>[]): readonly ServiceGroup[] {
  const catalog = new Catalog();
  catalog.replace(records.map((record, i) => instance({ ID: `i${i}`, ...record })));
  return catalog.groups();
}

const factsOf = (services: readonly ServiceGroup[], facts: Partial<ClusterFacts> = {}): ClusterFacts => ({
  ...{
    services,
    changedAt: undefined,
    members: undefined,
    problems: undefined,
    convergence: undefined,
    isPlain: false,
  },
  ...facts,
});

const cluster = (name: string, ...records: readonly Readonly<Record<string, unknown>>[]): ClusterView => ({
  name,
  isSelf: name === 'own',
  facts: factsOf(servicesOf(...records)),
  away: undefined,
});

const WEB_1 = { Name: 'web', Image: 'web:1', Created: '2026-11-01T00:00:00Z' };
const WEB_2 = { Name: 'web', Image: 'web:2', Created: '2026-11-02T00:00:00Z' };
const API = { Name: 'api', Image: 'api:7' };

describe('what runs where', () => {
  const CLUSTERS = [
    cluster('own', WEB_1, API),
    cluster('eu', WEB_1, WEB_2),
    cluster('us', WEB_1, { ...API, Status: 2 }),
    { ...cluster('away'), facts: undefined },
  ];

  test('has a line for each service and a cell for each cluster that is known', () => {
    const rows = sideBySide(CLUSTERS);
    expect(rows.map(({ service, cells }) => [service, ...cells.map(({ version }) => version)])).toEqual([
      ['api', '7', '', '7'],
      ['web', '1', '1 / 2', '1'],
    ]);
    expect(rows.map(({ cells }) => cells.map(({ isOdd }) => isOdd))).toEqual([
      [false, false, false],
      [false, true, false],
    ]);
  });

  test('what is not as in most clusters stands out; what a cluster does not have is no difference', () => {
    const [api, web] = sideBySide(CLUSTERS);
    expect([api?.differs, api?.isMissing, api?.isUnwell]).toEqual([false, true, true]);
    expect([web?.differs, web?.isRolling]).toEqual([true, true]);
    expect(web?.cells.map(({ isOdd }) => isOdd)).toEqual([false, true, false]);
  });

  test('of two that differ the own one is the usual one', () => {
    const [web] = sideBySide([cluster('own', WEB_2), cluster('eu', WEB_1)]);
    expect(web?.cells.map(({ isOdd }) => isOdd)).toEqual([false, true]);
  });

  test('a service that is gone everywhere is not there', () => {
    expect(sideBySide([cluster('own', { ...WEB_1, Status: 1 })])).toEqual([]);
  });

  test.each([
    ['', ['api', 'web']],
    ['show=different', ['web']],
    ['show=rolling', ['web']],
    ['show=unwell', ['api']],
    ['show=missing', ['api']],
    ['show=else', ['api', 'web']],
    ['q=AP', ['api']],
    ['q=web+2', ['web']],
    ['q=2&show=unwell', []],
  ])('%s', (search, expected) => {
    const filter = filterOf(Object.fromEntries(new URLSearchParams(search)));
    expect(
      sideBySide(CLUSTERS)
        .filter((row) => isShown(row, filter))
        .map(({ service }) => service),
    ).toEqual(expected);
  });

  test('by version, the most usual first, and last who does not have it', () => {
    const [api] = sideBySide(CLUSTERS);
    expect(api && byVersion(api).map(({ version, cells }) => [version, cells.length])).toEqual([
      ['7', 2],
      ['', 1],
    ]);
  });
});

describe('the clusters of a version', () => {
  const names = Array.from({ length: 9 }, (_, i) => `c${i}`);
  const places = (...clusters: readonly ClusterView[]): readonly string[] =>
    sideBySide(clusters)
      .flatMap(byVersion)
      .map(({ cells }) => placesOf(cells))
      .map(({ named, others }) => `${named.map(({ cluster: { name } }) => name).join(' ')} +${others.length}`);

  test('are named while they are few, those first that are not well', () => {
    const ill = cluster('ill', { ...WEB_1, Status: 2 });
    expect(places(...names.slice(0, 3).map((name) => cluster(name, WEB_1)), ill)).toEqual(['ill c0 c1 c2 +0']);
  });

  test('of many those are named that are not well', () => {
    const ill = cluster('ill', { ...WEB_1, Status: 2 });
    expect(places(...names.map((name) => cluster(name, WEB_1)), ill)).toEqual(['ill +9']);
  });

  test('of those that differ some are', () => {
    const usual = Array.from({ length: 9 }, (_, i) => cluster(`u${i}`, WEB_2));
    expect(places(...usual, ...names.slice(0, 6).map((name) => cluster(name, WEB_1)))).toEqual([
      ' +9',
      'c0 c1 c2 c3 +2',
    ]);
  });
});

describe('deployments', () => {
  /** What is shown after each of these looks at cluster eu, a second apart. */
  function shown(...looks: readonly (readonly Readonly<Record<string, unknown>>[])[]): readonly string[] {
    const sole = new Map<string, string>();
    let known: readonly Deployment[] = [];
    return looks.map((records, i) => {
      known = followDeployments(known, sole, [cluster('eu', ...records)], i * 1_000);
      return known
        .map(({ service, from, to, isSure, done, all, endedAt }) =>
          [
            service,
            `${from}${isSure ? '→' : ' / '}${to}`,
            `${done}/${all}`,
            ...(endedAt === undefined ? [] : ['done']),
          ].join(' '),
        )
        .join(', ');
    });
  }

  test('go from the version that is in use for longest to the newest, and are done when it is alone', () => {
    expect(shown([WEB_1, WEB_1], [WEB_1, WEB_2], [{ ...WEB_2, Status: 2 }, WEB_2], [WEB_2, WEB_2])).toEqual([
      '',
      'web 1→2 1/2',
      'web 1→2 1/2 done',
      'web 1→2 1/2 done',
    ]);
  });

  test('one between two looks is seen all the same, and so is a return', () => {
    expect(shown([WEB_1], [WEB_2], [WEB_2, WEB_1])).toEqual(['', 'web 1→2 1/1 done', 'web 2→1 1/2']);
  });

  test('one that is given up is none', () => {
    expect(shown([WEB_1, WEB_1], [WEB_1, WEB_2], [WEB_1, WEB_1])).toEqual(['', 'web 1→2 1/2', '']);
  });

  test('of a cluster that is seen for the first time those that are on their way are known', () => {
    expect(shown([WEB_1, WEB_2, API])).toEqual(['web 1→2 1/2']);
  });

  test('one whose direction nobody tells is no guess that looks sure, until one version is alone', () => {
    const young = { ...WEB_1, Created: WEB_2.Created };
    expect(shown([young, WEB_2], [young, WEB_2], [young, young], [young, WEB_2])).toEqual([
      'web 1 / 2 1/2',
      'web 1 / 2 1/2',
      'web 2→1 2/2 done',
      'web 1→2 1/2',
    ]);
  });

  test('began when the first instance of the new version was made', () => {
    const younger = { ...WEB_2, ID: 'w3', Created: '2026-11-21T00:00:00Z' };
    const [deployment] = followDeployments([], new Map(), [cluster('eu', WEB_1, younger, WEB_2)], 0);
    expect(deployment?.since).toBe(Date.parse(WEB_2.Created));
  });

  test('what is over is shown for a while', () => {
    const sole = new Map<string, string>();
    const from = followDeployments([], sole, [cluster('eu', WEB_1)], 0);
    const over = followDeployments(from, sole, [cluster('eu', WEB_2)], 1_000);
    expect(followDeployments(over, sole, [cluster('eu', WEB_2)], 60_000)).toHaveLength(1);
    expect(followDeployments(over, sole, [cluster('eu', WEB_2)], 20 * 60_000)).toHaveLength(0);
  });
});

describe('a cluster at a glance', () => {
  const members = (...states: readonly string[]): readonly Member[] =>
    readMembers({ members: states.map((state, i) => ({ name: `node${i}`, state })) }) ?? [];
  const text = (facts: ClusterFacts): readonly string[] =>
    figuresOf(facts).map(({ value, label, tone }) => `${value} ${label}${tone === 'plain' ? '' : ` ${tone}`}`);

  test('what is well needs few words', () => {
    const facts = factsOf(servicesOf(WEB_1, WEB_2), {
      ...{ members: members('alive', 'left'), problems: [] },
      convergence: {
        hasNoProxy: false,
        self: standing('level'),
        hosts: [standing('level')],
        delays: DELAYS,
        contested: [],
      },
    });
    expect(text(facts)).toEqual(['1 service', '2 instances alive', '1 host', '0 problems', '0 behind']);
  });

  test('what is not is counted', () => {
    const facts = factsOf(servicesOf(WEB_1, { ...WEB_2, Status: 2 }), {
      members: members('alive', 'suspect'),
      problems: [{ code: 'X', subject: undefined, message: '', since: undefined }],
      convergence: {
        hasNoProxy: false,
        self: standing('level'),
        hosts: [standing('behind')],
        delays: DELAYS,
        contested: [],
      },
    });
    expect(text(facts)).toEqual([
      '1 service',
      '1 of 2 instances alive bad',
      '1 of 2 hosts bad',
      '1 problem warn',
      '1 behind warn',
    ]);
  });

  test('what is drained or not yet checked is not alive, and nothing bad', () => {
    const services = servicesOf(WEB_1, { ...WEB_2, Status: 3 }, { ...API, Status: 4 });
    expect(text(factsOf(services)).slice(0, 2)).toEqual(['2 services', '1 of 3 instances alive warn']);
  });

  test('of an original its hosts are those that run something', () => {
    expect(text(factsOf(servicesOf(WEB_1, { ...WEB_2, Hostname: 'node2' })))).toEqual([
      '1 service',
      '2 instances alive',
      '2 hosts',
    ]);
  });

  test('all together in a line', () => {
    const own = cluster('own');
    expect(summaryOf([own, own])).toBe('2 clusters, all of them answer');
    expect(summaryOf([own, { facts: undefined, away: {} }])).toBe('2 clusters, 1 of them answer');
    expect(summaryOf([own, { facts: undefined, away: undefined }])).toBe('2 clusters');
  });
});

const DELAYS = { p50Ms: undefined, p99Ms: undefined, changes: 0 };
const standing = (state: string) => ({ name: 'node1', viewHash: undefined, state, behindMs: undefined, wasSlowest: 0 });
