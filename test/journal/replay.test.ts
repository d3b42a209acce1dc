import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { beliefAfter } from '../../src/journal/replay.js';
import { entriesText, headText, readSegment } from '../../src/journal/segment.js';
import { recordText } from '../../src/service/codec.js';
import { encodeState, type State } from '../../src/service/state-codec.js';
import { nsFromMs } from '../../src/service/timestamp.js';
import { record } from '../support/records.js';
import { configOf, deflate, journaled, turn } from './support.js';

const action = fc.oneof(
  fc.record({
    do: fc.constant('put' as const),
    hostname: fc.constantFrom('h1', 'h2', 'h3'),
    id: fc.constantFrom('a', 'b'),
    status: fc.constantFrom(0, 1, 2, 4),
    image: fc.constantFrom('web:1', 'web:ü"2"'),
  }),
  fc.record({ do: fc.constant('lose' as const), hostname: fc.constantFrom('h1', 'h2', 'h3') }),
  fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(60_000, 4 * 3_600_000) }),
  fc.record({
    do: fc.constant('serve' as const),
    lines: fc.array(fc.constantFrom('frontend a', '  bind :1', '\tserver x', ''), { maxLength: 6 }),
  }),
);

test('replayed from its oldest snapshot the journal gives every catalog and every configuration, to the byte', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(action, { minLength: 1, maxLength: 40 }),
      fc.integer({ min: 1, max: 30 }),
      async (all, size) => {
        const { clock, wall, catalog, journal, put, serve } = journaled({ size });
        const said = new Map<number, { readonly catalog: string; readonly config: string | undefined }>();
        let served: string | undefined;
        for (const each of all) {
          const before = journal.newest;
          if (each.do === 'put') {
            const { hostname, id, status, image } = each;
            put({ hostname, id, status, image, updated: wall.nowNs() });
          } else if (each.do === 'lose') catalog.loseMember(each.hostname, wall.nowNs());
          else if (each.do === 'wait') {
            await clock.advance(each.ms);
            catalog.expire(wall.nowNs());
          } else {
            served = `${each.lines.join('\n')}\n`;
            serve(served);
          }
          // Of what happens in one step only the end can be compared with the catalog.
          if (journal.newest > before) said.set(journal.newest, { catalog: told(catalog.snapshot()), config: served });
        }
        for (const segment of journal.segments) {
          await segment.snapshot?.pack(deflate, turn);
          const bytes = Buffer.from(headText(segment, 'test') + entriesText(segment.entries));
          const { segment: read, damaged } = readSegment(segment.first, bytes);
          expect(damaged).toBe(0);
          for (const { id } of read.entries) {
            const expected = said.get(id);
            if (!expected) continue;
            const belief = beliefAfter(read, id);
            if (!belief.ok) throw new Error(`event ${id} cannot be replayed`);
            expect(told(belief.value.catalog)).toBe(expected.catalog);
            expect(belief.value.config).toEqual(expected.config === undefined ? undefined : configOf(expected.config));
          }
        }
      },
    ),
    { numRuns: 200 },
  );
});

/** But for what moves without an event: when a record was last told. */
const told = (state: State): string => encodeState(state, recordText).replace(/"(Last)?Updated":"[^"]*"/g, '');

test('a journal whose event is missing tells what was believed before it, and from the next snapshot on', async () => {
  const { journal, put } = journaled({ size: 8 });
  for (let n = 1; n <= 8; n += 1) put({ status: n % 2 });
  for (const { snapshot } of journal.segments) await snapshot?.pack(deflate, turn);
  const [first, second] = journal.segments.map((segment) => {
    const lines = (headText(segment, 'test') + entriesText(segment.entries)).split('\n');
    const isFirst = segment === journal.segments[0];
    return readSegment(segment.first, Buffer.from((isFirst ? lines.filter((_, i) => i !== 2) : lines).join('\n')))
      .segment;
  });
  expect([1, 3, 4].map((id) => first && beliefAfter(first, id).ok)).toEqual([true, false, false]);
  expect([5, 8].map((id) => second && beliefAfter(second, id).ok)).toEqual([true, true]);
});

test('a record of ours that drains, with a weight, comes back as it was', () => {
  const { journal, put } = journaled();
  const status = 4;
  put({ status, ext: { weight: 0, slowStartMs: 1_500 }, ports: null, updated: record().updated + nsFromMs(5) });
  const past = journal.at(10n ** 20n);
  expect(past.ok && past.value.catalog.servers.get('h1')?.services.get('aaaaaaaaaaaa')).toMatchObject({
    ...{ status, ext: { weight: 0, slowStartMs: 1_500 }, ports: null },
  });
});
