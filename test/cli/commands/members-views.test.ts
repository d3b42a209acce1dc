import { describe, expect, test } from '@jest/globals';
import type { HostView, Views } from '../../../src/cli/views.js';
import { answer, sidecar, terminal, type Outcome } from '../agent-double.js';

const host = (name: string, facts: Partial<HostView> = {}): HostView => ({
  ...{ name, state: 'alive', asked: 'answered', message: null, sees: 3, differs: [], omitted: 0 },
  ...facts,
});
const SELF = host('node1', { asked: 'self' });
const DIFFERS = host('node2', {
  sees: 1,
  differs: [
    { name: 'node1', state: 'alive', ours: 'unknown' },
    { name: 'node3', state: 'suspect', ours: 'alive' },
  ],
});

const telling = (
  hosts: readonly unknown[],
  more: Partial<Views> = {},
  flags = '',
  columns?: number,
): Promise<Outcome> => {
  const views = { time: '2026-11-23T12:00:00Z', clusterName: 'prod', hosts, partitions: [['node1', 'node2']], ...more };
  const world = columns === undefined ? {} : { terminal: terminal(columns) };
  return sidecar(`members --views ${flags}`, { '/api/views': answer(200, views) }, {}, {}, world);
};

describe('sidecar members --views', () => {
  test('is one sentence when all agree', async () => {
    const { exitCode, out, asked } = await telling([SELF, host('node2'), host('node3')]);
    expect([exitCode, asked]).toEqual([0, ['GET http://127.0.0.1:7777/api/views']]);
    expect(out).toBe('prod, seen from node1: 3 hosts see the same members\n');
    expect((await telling([SELF])).out).toBe('prod, seen from node1: 1 host says what it sees\n');
  });

  test('lists who sees a member otherwise, which one, and both states', async () => {
    const { exitCode, out } = await telling([SELF, DIFFERS, host('node3')]);
    expect(exitCode).toBe(1);
    expect(out.split('\n')).toEqual([
      'prod, seen from node1: 1 of 3 hosts sees the members otherwise',
      '',
      'HOST   ALIVE  MEMBER  THERE    HERE',
      'node2      1  node1   alive    unknown',
      'node2      1  node3   suspect  alive',
      '',
      'sidecar members --agent HOST:PORT shows all that one of them sees',
      '',
    ]);
  });

  test('says of whom there is no view, and which groups do not see each other', async () => {
    const away = { asked: 'unanswered', message: 'http://10.0.0.7:7777 does not answer within 1 s', sees: null };
    const gone = host('node9', { ...away, state: 'dead' });
    const { exitCode, out } = await telling([SELF, host('node3', away), gone], {
      partitions: [['a', 'b', 'c', 'd', 'e', 'f', 'g'], ['node3']],
    });
    expect(exitCode).toBe(1);
    expect(out.split('\n').slice(1, -1)).toEqual([
      '',
      'Groups that do not see each other: a, b, c, d, e and 2 more | node3',
      '',
      'No view of node3 (http://10.0.0.7:7777 does not answer within 1 s)',
      '',
      'sidecar members --agent HOST:PORT shows all that one of them sees',
    ]);
    expect((await telling([SELF, host('node3', away)])).exitCode).toBe(0);
  });

  test('fits 80 columns, and says what is not listed', async () => {
    const name = 'ip-10-20-30-40.eu-west-1.compute.internal';
    const long = { ...DIFFERS, name, differs: [{ name: `${name}.`, state: 'unknown', ours: 'alive' }], omitted: 12 };
    const { out } = await telling([SELF, long], {}, '', 80);
    const lines = out.split('\n');
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(80);
    expect(lines).toContain('12 more differences are not listed');
    expect(lines[3]).toMatch(/^ip-10-20-30-40.*… +1 +ip-10-20-30-40.*… +unknown +alive$/);
  });

  test('is the document of the agent with --json', async () => {
    const { exitCode, out } = await telling([SELF, DIFFERS], {}, '--json');
    expect(exitCode).toBe(1);
    expect(JSON.parse(out)).toEqual({
      ...{ time: '2026-11-23T12:00:00Z', clusterName: 'prod', partitions: [['node1', 'node2']] },
      hosts: [SELF, DIFFERS],
    });
  });

  test.each([
    [{ ...SELF, name: 7 }, {}],
    [{ ...SELF, message: undefined }, {}],
    [{ ...SELF, sees: '3' }, {}],
    [{ ...SELF, differs: [{ name: 'node2' }] }, {}],
    [null, {}],
    [SELF, { partitions: [[7]] }],
  ])('does not take %j %j for views', async (one, more) => {
    const { exitCode, out, err } = await telling([one], more as Partial<Views>);
    expect([exitCode, out]).toEqual([2, '']);
    expect(err).toContain('answers GET /api/views with 200 and JSON of another kind');
  });
});
