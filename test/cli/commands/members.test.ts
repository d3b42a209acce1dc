import { describe, expect, test } from '@jest/globals';
import type { ListedMember } from '../../../src/cli/member-list.js';
import type { HttpAnswer } from '../../../src/lib/http-ask.js';
import { answer, sidecar, terminal, type Outcome } from '../agent-double.js';

const NODE1: ListedMember = {
  name: 'node1',
  address: '10.0.0.5',
  port: 7946,
  http: { port: 7777, isTls: false },
  state: 'alive',
  isSelf: true,
  incarnation: 1,
  lastHeardAgoMs: 0,
  roundTripMs: null,
  skewMs: 0,
  versions: { pmin: 1, pmax: 5, pcur: 2, dmin: 0, dmax: 0, dcur: 0 },
  givenUpInMs: null,
};
const NODE2: ListedMember = {
  ...NODE1,
  name: 'node2',
  address: '10.0.0.16',
  isSelf: false,
  lastHeardAgoMs: 412,
  roundTripMs: 0.61,
  skewMs: 12,
};
const SUSPECT: ListedMember = {
  ...NODE2,
  name: 'node3',
  state: 'suspect',
  incarnation: 12,
  lastHeardAgoMs: 4100,
  skewMs: -81_000,
};
const MISSING: ListedMember = {
  ...NODE1,
  name: 'node4',
  state: 'missing',
  isSelf: false,
  incarnation: null,
  lastHeardAgoMs: null,
  skewMs: null,
  versions: null,
  givenUpInMs: 83_000_000,
};

const documentOf = (members: readonly ListedMember[]): object => ({ clusterName: 'prod', hostname: 'node1', members });
/** Of an agent that knows nothing of proxies. */
const world = (members: readonly ListedMember[]): Readonly<Record<string, HttpAnswer>> => ({
  '/api/members': answer(200, documentOf(members)),
  '/api/convergence': answer(404, { status: 'error', message: 'not found' }),
});
const listing = (members: readonly ListedMember[], flags = ''): Promise<Outcome> =>
  sidecar(`members ${flags}`, world(members));

describe('sidecar members', () => {
  test('lists every member on a line, and ends with 0 when all are alive', async () => {
    const { exitCode, out, asked } = await listing([NODE1, NODE2]);
    const paths = ['members', 'convergence'].map((path) => `GET http://127.0.0.1:7777/api/${path}`);
    expect([exitCode, asked]).toEqual([0, paths]);
    expect(out.split('\n')).toEqual([
      'prod, seen from node1: 2 alive',
      '',
      'NAME   ADDRESS         STATE  HEARD    RTT   SKEW  INC  VERSIONS',
      'node1  10.0.0.5:7946   alive   self      -      -    1  1 5 2 0 0 0',
      'node2  10.0.0.16:7946  alive  412ms  0.6ms  +12ms    1  1 5 2 0 0 0',
      '',
    ]);
  });

  test('ends with 1 when one is suspect or missing, and says what becomes of it', async () => {
    const { exitCode, out } = await listing([NODE1, SUSPECT, MISSING]);
    expect(exitCode).toBe(1);
    expect(out.split('\n')).toEqual([
      'prod, seen from node1: 1 of 3 members alive',
      '',
      'NAME   ADDRESS         STATE    HEARD    RTT   SKEW  INC  VERSIONS',
      'node1  10.0.0.5:7946   alive     self      -      -    1  1 5 2 0 0 0',
      'node3  10.0.0.16:7946  suspect   4.1s  0.6ms  -1.4m   12  1 5 2 0 0 0',
      'node4  10.0.0.5:7946   missing      -      -      -    -  -',
      '',
      'Who is missing is tried for 23h more at most; sidecar forget HOST gives it up',
      '',
    ]);
  });

  test.each([
    ['suspect', 1],
    ['dead', 1],
    ['missing', 1],
    ['left', 0],
  ])('a member that is %s makes it end with %d', async (state, exitCode) => {
    expect((await listing([NODE1, { ...NODE2, state }])).exitCode).toBe(exitCode);
  });

  test('who left is not missed', async () => {
    const { out } = await listing([NODE1, { ...NODE2, state: 'left' }]);
    expect(out).toMatch(/^prod, seen from node1: 1 alive\n/);
    expect(out).toMatch(/^node2 .* left /m);
  });

  test('shows whose HAProxy serves something else, where the agent can tell', async () => {
    const standing = (name: string, state: string, behindMs: number | null): object => ({ name, state, behindMs });
    const told = (...hosts: readonly unknown[]): Promise<Outcome> => {
      const members = answer(200, documentOf([NODE1, NODE2, SUSPECT]));
      return sidecar('members', { '/api/members': members, '/api/convergence': answer(200, { hosts }) });
    };
    const level = standing('node1', 'level', 0);
    const { exitCode, out } = await told(
      level,
      standing('node2', 'behind', 74_210.5),
      standing('node3', 'silent', null),
    );
    expect([exitCode, out.split('\n').slice(2)]).toEqual([
      1,
      [
        'NAME   ADDRESS         STATE    PROXY        HEARD    RTT   SKEW  INC  VERSIONS',
        'node1  10.0.0.5:7946   alive    level         self      -      -    1  1 5 2 0 0 0',
        'node2  10.0.0.16:7946  alive    1.2m behind  412ms  0.6ms  +12ms    1  1 5 2 0 0 0',
        'node3  10.0.0.16:7946  suspect  -             4.1s  0.6ms  -1.4m   12  1 5 2 0 0 0',
        '',
        'Not every HAProxy serves the same: sidecar proxy on node2 says why',
        '',
      ],
    ]);
    expect((await told(level, standing('node3', 'different', 0))).out).toContain('sidecar proxy on node3 says why');
    const both = await told(standing('node1', 'different', 0), standing('node2', 'behind', 9_000));
    expect(both.out).toContain('sidecar proxy on node2 says why');
    expect((await told(level, 'odd', { name: 'node2', state: 7 })).out).toMatch(/^node2 .* alive {4}- /m);
    expect((await told(standing('node1', 'silent', null))).out).not.toContain('PROXY');
  });

  test('shows nothing of the HAProxy of a host that is gone, whatever it told last', async () => {
    const hosts = [
      { name: 'node1', state: 'level', behindMs: 0 },
      { name: 'node2', state: 'behind', behindMs: 9_000 },
    ];
    const { out } = await sidecar('members', {
      '/api/members': answer(200, documentOf([NODE1, { ...NODE2, state: 'dead' }])),
      '/api/convergence': answer(200, { hosts }),
    });
    expect(out).toMatch(/^node2 .* dead +- /m);
    expect(out).not.toContain('Not every HAProxy');
  });

  test('shortens what is long, and leaves out what matters least, to fit a terminal', async () => {
    const name = 'ip-10-20-30-40.eu-west-1.compute.internal';
    const long = { ...NODE2, name, address: '2001:db8:1111:2222:3333:4444:5555:6666' };
    const { out } = await sidecar('members', world([NODE1, long]), {}, {}, { terminal: terminal(60) });
    expect(out.split('\n').slice(2)).toEqual([
      'NAME             ADDRESS          STATE  HEARD    RTT   SKEW',
      'node1            10.0.0.5:7946    alive   self      -      -',
      'ip-10-20-30-40…  [2001:db8:1111…  alive  412ms  0.6ms  +12ms',
      '',
    ]);
  });

  test('a name cannot command the terminal, nor begin a line of its own', async () => {
    const { out } = await listing([{ ...NODE1, name: 'a\u001b[31m\nb' }]);
    expect(out).toContain('a\\u001b[31m\\u000ab  10.0.0.5:7946');
  });

  test('is the document of the agent with --json', async () => {
    const { exitCode, out } = await listing([NODE1, MISSING], '--json');
    expect([exitCode, JSON.parse(out)]).toEqual([1, documentOf([NODE1, MISSING])]);
  });

  test.each([
    { ...NODE1, name: 7 },
    { ...NODE1, port: '7946' },
    { ...NODE1, http: { port: 7777 } },
    { ...NODE1, skewMs: undefined },
    { ...NODE1, versions: { pmin: 1 } },
    null,
  ])('does not take %j for a member', async (member) => {
    const { exitCode, out, err } = await sidecar('members', {
      '/api/members': answer(200, { ...documentOf([]), members: [member] }),
    });
    expect([exitCode, out]).toEqual([2, '']);
    expect(err).toContain('answers GET /api/members with 200 and JSON of another kind');
  });

  test('an agent that knows no members is not asked in vain', async () => {
    const { exitCode, err } = await sidecar('members', {
      '/api/members': { outcome: 'answered', status: 405, body: '' },
    });
    expect([exitCode, err]).toEqual([2, expect.stringContaining('405 and "": is it a Sidecar agent of this version?')]);
  });
});
