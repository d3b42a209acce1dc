import { describe, expect, test } from '@jest/globals';
import { Catalog } from '../../../../src/console/data/catalog.js';
import type { DrainWish } from '../../../../src/console/data/drain.js';
import { readFigures } from '../../../../src/console/data/figures.js';
import { drainCommand, isLastAlive } from '../../../../src/console/pages/instances/drain-words.js';
import { serversOf } from '../../../../src/console/pages/instances/servers.js';
import { instance } from '../../support.js';

describe('a drain in words', () => {
  test.each<[string, DrainWish, string]>([
    ['a1', { does: 'begin', forTime: undefined }, 'sidecar drain a1'],
    ['a1', { does: 'begin', forTime: '15m' }, 'sidecar drain a1 --for 15m'],
    ['a1', { does: 'end' }, 'sidecar drain a1 --end'],
    ["it's; rm", { does: 'end' }, "sidecar drain 'it'\\''s; rm' --end"],
  ])('the command for %s and %j', (id, wish, command) => {
    expect(drainCommand(id, wish)).toBe(command);
  });

  test.each([
    [0, 0, false],
    [0, 2, true],
    [2, 0, false],
  ])('of an instance of status %d beside one of status %d', (own, other, isLast) => {
    const mine = instance({ Status: own });
    const catalog = new Catalog();
    catalog.replace([mine, instance({ Hostname: 'node2', Status: other })]);
    expect(isLastAlive(mine, catalog.groups()[0])).toBe(isLast);
  });
});

test('the servers of an instance, by ServicePort, in words', () => {
  const server = { host: 'node1', instance: 'a1', weight: 100, errors: { connect: 1, response: 2 } };
  const figures = readFigures({
    ...{ time: '2026-11-23T12:00:00Z', pid: 7, frontends: [] },
    servers: [
      { ...server, servicePort: 82, status: 'DOWN 1/2' },
      { ...server, servicePort: 80, status: 'no check' },
      { ...server, servicePort: 81, status: 'no check', weight: 0 },
      { ...server, servicePort: 83, status: 'MAINT (via be/srv)' },
      { ...server, host: 'node2', servicePort: 80, status: 'UP' },
    ],
  });
  if (!figures) throw new Error('these are no figures');
  expect(
    serversOf(figures, 'node1', 'a1').map(({ servicePort, word, errors }) => [servicePort, word.word, errors]),
  ).toEqual([
    [80, 'Up', 3],
    [81, 'Drains', 3],
    [82, 'Rising', 3],
    [83, 'Off', 3],
  ]);
});
