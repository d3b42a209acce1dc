import { describe, expect, test } from '@jest/globals';
import { Catalog, type ServiceGroup } from '../../../../src/console/data/catalog.js';
import type { Proxy } from '../../../../src/console/data/proxy.js';
import { factsOf, marksOf, worstOf } from '../../../../src/console/pages/services/groups.js';
import { filterOf, outputOf, rowsOf, type Row } from '../../../../src/console/pages/services/rows.js';
import { instance } from '../../support.js';

const WEB_1 = { ID: 'w1', Name: 'web', Image: 'web:1', Created: '2026-11-01T00:00:00Z', Hostname: 'node1' };
const WEB_2 = { ID: 'w2', Name: 'web', Image: 'web:2', Created: '2026-11-02T00:00:00Z', Hostname: 'node2', Status: 2 };
const API = { ID: 'p1', Name: 'api', Image: 'api:7', Hostname: 'node2' };
const OLD = { ID: 'o1', Name: 'old', Hostname: 'node3', Status: 1 };

function groupsOf(...records: readonly Readonly<Record<string, unknown>>[]): readonly ServiceGroup[] {
  const catalog = new Catalog();
  catalog.replace(records.map(instance));
  return catalog.groups();
}

const GROUPS = groupsOf(WEB_2, WEB_1, API, OLD);

const textOf = (row: Row): string =>
  row.kind === 'group' ? row.group.name : row.kind === 'mark' ? `! ${row.mark.text}` : `- ${row.instance.id}`;

type Marking = Pick<Proxy, 'setAside' | 'stale'>;

const shown = (search: string, proxy?: Marking): readonly string[] =>
  rowsOf(GROUPS, marksOf(proxy, 0), filterOf(Object.fromEntries(new URLSearchParams(search)))).rows.map(textOf);

const PROXY: Marking = {
  setAside: [{ service: 'web', servicePort: 80, code: 'PORT_TAKEN', message: 'it is taken', since: 5 }],
  stale: [{ service: 'api', servicePort: 9090, servers: 1, sinceMs: 3 }],
};

describe('the lines of the services', () => {
  test.each([
    ['', ['api', '- p1', 'web', '- w1', '- w2']],
    ['q=WEB:2', ['web', '- w2']],
    ['q=web+node1', ['web', '- w1']],
    ['q=8080', ['api', '- p1', 'web', '- w1', '- w2']],
    ['q=nothing', []],
    ['show=unhealthy', ['web', '- w2']],
    ['show=gone', ['old', '- o1']],
    ['show=rolling', ['web', '- w1', '- w2']],
    ['show=unheard-of&view=brief', ['api', 'web']],
  ])('%s', (search, expected) => {
    expect(shown(search)).toEqual(expected);
  });

  test('what HAProxy does otherwise stands below the name, with the reason', () => {
    expect(shown('view=brief', PROXY)).toEqual([
      'api',
      '! out of sight, and served by its last server at ServicePort 9090',
      'web',
      '! ServicePort 80: it is taken',
    ]);
    expect(shown('show=marked&q=w1', PROXY)).toEqual(['web', '! ServicePort 80: it is taken', '- w1']);
  });

  test('what HAProxy still serves is there when the catalog has forgotten it, and is found by its name', () => {
    const forgotten = { ...PROXY, stale: [{ service: 'Mail', servicePort: 25, servers: 1, sinceMs: 3 }] };
    const lines = ['Mail', '! out of sight, and served by its last server at ServicePort 25'];
    expect(shown('show=marked', forgotten).slice(0, 2)).toEqual(lines);
    expect(shown('q=mail', forgotten)).toEqual(lines);
    expect(shown('view=brief', forgotten)[0]).toBe('Mail');
  });

  test('versions stand side by side, the oldest first', () => {
    const [, , web] = GROUPS;
    if (!web) throw new Error('there is no web');
    const facts = factsOf(web);
    expect(facts.isRolling).toBe(true);
    expect(facts.versions.map(({ version, instances, alive }) => [version, instances, alive])).toEqual([
      ['1', 1, 1],
      ['2', 1, 0],
    ]);
    expect(worstOf(facts)).toBe('Unhealthy');
  });

  test('a service is offered at its ServicePorts, each once and rising; what has none is not', () => {
    const port = (servicePort: number) => ({ Type: 'tcp', Port: 80, ServicePort: servicePort, IP: '10.0.0.5' });
    const [web] = groupsOf(
      { ...WEB_1, Ports: [port(9_090), port(0), port(8_080)] },
      { ...WEB_2, Ports: [port(8_080)] },
    );
    if (!web) throw new Error('there is no web');
    expect(factsOf(web).servicePorts).toEqual([8_080, 9_090]);
  });

  test('of what is not well the last check speaks, else its host; what is well needs no words', () => {
    const facts = { changedAt: undefined, reason: undefined, detail: 'connection refused' };
    const check = { what: 'failed', output: 'HTTP 503', time: 5 };
    expect(outputOf({ ...instance(WEB_2), ...facts, check })).toBe('HTTP 503');
    expect(outputOf({ ...instance(WEB_2), ...facts, check: undefined })).toBe('connection refused');
    expect(outputOf({ ...instance(WEB_1), ...facts, check })).toBeUndefined();
  });

  test('of another host speaks what it told when it was asked, where the instance is ill', () => {
    const facts = { changedAt: undefined, reason: undefined, detail: 'it was drained', check: undefined };
    const outputs = new Map([['node2/w2', 'HTTP 500']]);
    expect(outputOf({ ...instance(WEB_2), ...facts }, outputs)).toBe('HTTP 500');
    expect(outputOf({ ...instance({ ...WEB_2, Status: 4 }), ...facts }, outputs)).toBe('it was drained');
    const [, row] = rowsOf(groupsOf(WEB_2), marksOf(undefined, 0), filterOf({}), outputs).rows;
    expect(row).toMatchObject({ kind: 'instance', output: 'HTTP 500' });
  });
});
