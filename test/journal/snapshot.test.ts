import { expect, test } from '@jest/globals';
import { Snapshot } from '../../src/journal/snapshot.js';
import { deflate, journaled } from './support.js';

test('a snapshot of a large catalog is packed in pieces, and says the same as before', async () => {
  const { catalog, put } = journaled();
  for (let n = 0; n < 1_000; n += 1) put({ id: `${n}`, hostname: `h${n % 7}` });
  const { servers, lastChanged, clusterName, hostname } = catalog.snapshot();
  const belief = {
    ...{ catalog: { servers, lastChanged, clusterName, hostname }, config: { digest: 'd', text: 'a\nb\n' } },
    ...{ template: '{{tabs}}\n', settings: 'cluster_name = "test"' },
  };
  const snapshot = new Snapshot(belief);
  let turns = 0;
  await snapshot.pack(deflate, () => Promise.resolve(void (turns += 1)));
  expect(turns).toBe(4);
  expect(snapshot.packed?.length).toBeGreaterThan(0);
  expect(snapshot.belief()).toEqual(belief);
});
