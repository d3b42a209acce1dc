import { expect, test } from '@jest/globals';
import { Catalog } from '../../src/catalog/catalog.js';
import { composeJournal } from '../../src/compose/journal.js';
import { UnsentBodies } from '../../src/http/unsent-bodies.js';
import { ProblemBoard } from '../../src/lib/problems.js';
import { MetricsRegistry } from '../../src/metrics/registry.js';
import { loaded } from '../config/load-from.js';
import { silent } from '../http/support.js';
import { ALWAYS } from '../journal/support.js';
import { FakeClock, fakeWall, settle } from '../support/time.js';

test('of many that ask for what happened, or for what was, each has a turn of its own, so that gossip has one between them', async () => {
  const clock = new FakeClock();
  const wall = fakeWall(clock);
  const { history } = composeJournal(loaded({ toml: '' }), {
    ...{ clock, wall, log: silent, metrics: new MetricsRegistry(), problems: new ProblemBoard(wall) },
    ...{ catalog: new Catalog({ clusterName: 'test', hostname: 'h1' }, clock), unsent: new UnsentBodies() },
    ...{ receiptOf: () => undefined, template: () => undefined },
  });
  const answered: string[] = [];
  for (let n = 0; n < 3; n += 1) {
    void Promise.resolve(history.history(ALWAYS)).then(() => answered.push('history'));
    void Promise.resolve(history.at(wall.nowNs())).then(() => answered.push('at'));
  }
  await settle();
  expect(answered).toEqual(['history']);
  await clock.advance(0);
  expect(answered).toEqual(['history', 'at', 'history', 'at', 'history', 'at']);
});
