import { describe, expect, test } from '@jest/globals';
import { EventFeed } from '../../src/http/event-feed.js';
import type { EventFilter } from '../../src/http/journal.js';
import { UnsentBodies } from '../../src/http/unsent-bodies.js';
import { EVERYTHING, journaled } from '../journal/support.js';
import { FakeSink } from './fake-sink.js';

class Sink extends FakeSink {
  /** What a client makes of it: ids of events, and gaps as they are told. */
  get got(): readonly (number | string)[] {
    return [
      ...Buffer.concat(this.pieces)
        .toString()
        .matchAll(/^(?:id: (\d+)|event: gap\ndata: (.*))$/gm),
    ].map(([, id, gap]) => (id === undefined ? (gap ?? '') : Number(id)));
  }
}

function room({ size = 10_000, fileLimit = undefined as number | undefined, open = true } = {}) {
  const { clock, journal, put } = journaled({ size, open });
  const unsent = new UnsentBodies();
  const feed = new EventFeed({ fileLimit }, { events: journal, unsent, clock });
  let versions = 0;
  return {
    ...{ clock, journal, feed, unsent, put },
    flip: (times = 1): void => {
      for (let n = 0; n < times; n += 1) {
        versions += 1;
        put({ image: `web:${versions}` });
      }
    },
    read: (filter: Partial<EventFilter> = {}, after?: number, isSlow = false): Sink & { gone: () => void } => {
      const sink = new Sink(isSlow);
      const gone = feed.add({ ...EVERYTHING, ...filter }, after, sink);
      if (!gone) throw new Error('the reader was refused');
      return Object.assign(sink, { gone });
    },
  };
}

describe('a reader of events', () => {
  test('gets what happens from now on, as an id, a kind and one line of JSON', async () => {
    const { clock, flip, read } = room();
    flip();
    const sink = read();
    flip();
    await clock.advance(50);
    expect(sink.got).toEqual([2]);
    expect(sink.pieces.at(-1)?.toString()).toMatch(/^id: 2\nevent: service\ndata: \{"id":2,.*\}\n\n$/);
  });

  test('that comes back gets what it has not seen', async () => {
    const { clock, flip, read } = room();
    flip(5);
    const sink = read({}, 3);
    await clock.advance(50);
    expect(sink.got).toEqual([4, 5]);
  });

  test('gets of a burst everything, in few pieces', async () => {
    const { clock, flip, read } = room();
    const sink = read();
    flip(1_000);
    await clock.advance(100);
    expect(sink.got).toEqual(Array.from({ length: 1_000 }, (_, i) => i + 1));
    expect(sink.pieces.length).toBeLessThan(20);
  });

  test('that asks for some gets no others', async () => {
    const { clock, put, read } = room();
    const sinks = [read({ service: 'db' }), read({ host: 'h2' }), read({ kinds: new Set(['proxy']) })];
    put();
    put({ name: 'db', id: 'b' });
    put({ hostname: 'h2' });
    await clock.advance(50);
    expect(sinks.map(({ got }) => got)).toEqual([[2], [3], []]);
  });

  test('that is slow is sent one piece at a time, and reads on where it was', async () => {
    const { clock, flip, read } = room();
    const sink = read({}, undefined, true);
    sink.read();
    for (let n = 0; n < 10; n += 1) {
      flip();
      await clock.advance(50);
    }
    expect(sink.got).toEqual([1]);
    sink.read();
    await clock.advance(0);
    sink.read();
    expect(sink.got).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  test('that is too slow is told of a gap, and goes on behind it', async () => {
    const { clock, flip, feed, read } = room({ size: 10 });
    const sink = read({}, undefined, true);
    flip(100);
    for (let n = 0; n < 5; n += 1) {
      sink.read();
      await clock.advance(50);
    }
    expect(sink.got).toEqual(['{"lost":90,"oldest":91}', 91, 92, 93, 94, 95, 96, 97, 98, 99, 100]);
    expect(feed.numbers().gaps).toBe(1);
  });

  test('that has seen what nobody here has told is told of a gap of which nobody knows the size', async () => {
    const { clock, flip, read } = room();
    flip(2);
    const sink = read({}, 1_000);
    await clock.advance(50);
    expect(sink.got).toEqual(['{"lost":null,"oldest":1}', 1, 2]);
  });

  test('that is here before the journal is open goes on where it was, or gets what happens from then on', async () => {
    const { clock, flip, journal, read } = room({ open: false });
    const [back, ahead, fresh, all] = [read({}, 41), read({}, 90), read(), read({}, 0)];
    await clock.advance(1_000);
    flip();
    journal.open([], 43);
    flip();
    await clock.advance(50);
    const gap = '{"lost":null,"oldest":43}'; // nobody knows how far the journal came that is gone
    expect([back.got, ahead.got, fresh.got, all.got]).toEqual([
      [gap, 43, 44],
      [gap, 43, 44],
      [43, 44],
      [43, 44],
    ]);
  });

  test('that begins with the oldest misses nothing of what was there before', async () => {
    const { clock, flip, read } = room({ size: 10 });
    flip(100);
    const sink = read({}, 0);
    await clock.advance(50);
    expect(sink.got).toEqual([91, 92, 93, 94, 95, 96, 97, 98, 99, 100]);
  });

  test('to whom nothing happens hears that the stream is still there', async () => {
    const { clock, read } = room();
    const sink = read();
    await clock.advance(31_000);
    expect(sink.pieces.map(String)).toEqual(['retry: 2000\n\n', ': still here\n\n', ': still here\n\n']);
  });

  test('that takes nothing is cut off', async () => {
    const { clock, feed, read } = room();
    const sink = read({}, undefined, true);
    await clock.advance(60_000);
    expect(sink.state).toBe('destroyed');
    expect(feed.numbers()).toMatchObject({ readers: 0, cut: 1 });
    await clock.advance(15_000);
    expect(clock.armed).toBe(0);
  });
});

describe('all readers together', () => {
  test('share what they are sent', async () => {
    const { clock, flip, read, unsent } = room();
    const sinks = Array.from({ length: 50 }, () => read());
    for (const sink of sinks) sink.isSlow = true;
    flip(10);
    await clock.advance(50);
    expect(new Set(sinks.map(({ pieces }) => pieces.at(-1))).size).toBe(1);
    expect(unsent.numbers().bytes).toBe(sinks[0]?.pieces.at(-1)?.length);
  });

  test('are no more than there is room for', () => {
    const { feed, read } = room({ fileLimit: 16 });
    const first = read();
    read();
    expect(feed.add(EVERYTHING, undefined, new Sink())).toBeUndefined();
    first.gone();
    expect(feed.add(EVERYTHING, undefined, new Sink())).toBeDefined();
    expect(feed.numbers()).toMatchObject({ readers: 2, refused: 1 });
  });

  test('are let go at the end', async () => {
    const { clock, feed, flip, read } = room();
    const stop = new AbortController();
    const ended = feed.run(stop.signal, () => undefined);
    const sink = read();
    stop.abort();
    await ended;
    flip();
    expect([sink.state, clock.armed]).toEqual(['ended', 0]);
    expect(feed.add(EVERYTHING, undefined, new Sink())).toBeUndefined();
  });
});
