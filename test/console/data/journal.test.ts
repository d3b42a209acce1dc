import { describe, expect, test } from '@jest/globals';
import type { Api, HistoryQuery } from '../../../src/console/data/api.js';
import { JournalReader, type JournalView } from '../../../src/console/data/journal.js';
import { eventOf } from '../support.js';

const AT = Date.parse('2026-11-23T12:00:00Z');

/** A journal of so many events, a second apart, of which one question brings at most `page`. */
class World {
  readonly asked: HistoryQuery[] = [];
  view: JournalView | undefined;
  readonly reader: JournalReader;
  refuse: 'absent' | 'unreachable' | undefined;
  /** Of another journal, after the events of the first. */
  startMs = 0;

  constructor(
    public ids: readonly number[],
    public page: number,
  ) {
    const history: Api['history'] = (query) => {
      this.asked.push(query);
      if (this.refuse) return Promise.resolve({ ok: false, why: this.refuse, text: 'no' });
      const until = query.until === undefined ? Infinity : Date.parse(query.until);
      const fitting = this.ids.map((id) => this.event(id)).filter(({ time }) => time <= until);
      const events = fitting.slice(-this.page);
      const oldest = this.ids.length === 0 ? undefined : this.event(this.ids[0] ?? 0).time;
      return Promise.resolve({
        ok: true,
        value: { events, oldest, isTruncated: events.length < fitting.length },
        agentTime: undefined,
      });
    };
    this.reader = new JournalReader({ history }, (view) => (this.view = view));
  }

  /** Until so many answers were taken. */
  async answered(times: number): Promise<void> {
    while (this.asked.length <= times) await Promise.resolve();
  }

  event(id: number) {
    return eventOf({ id, time: new Date(AT + this.startMs + id * 1_000).toISOString() });
  }

  get shown(): readonly number[] {
    return this.view?.events.map(({ id }) => id) ?? [];
  }
}

const upTo = (last: number): readonly number[] => Array.from({ length: last }, (_, i) => i + 1);

describe('the reader of the journal', () => {
  test('reads back page by page until there is nothing older, and shows the newest first', async () => {
    const world = new World(upTo(25), 10);
    await world.reader.read();
    expect(world.shown).toEqual([...upTo(25)].reverse());
    expect(world.view).toMatchObject({ state: 'whole', oldest: AT + 1_000 });
    expect(world.asked.length).toBeLessThanOrEqual(4);
  });

  test('what is told meanwhile is taken once', async () => {
    const world = new World(upTo(5), 10);
    await world.reader.read();
    world.reader.take([world.event(5), world.event(6)]);
    expect(world.shown).toEqual([6, 5, 4, 3, 2, 1]);
  });

  test('connected again, it asks only for what was missed', async () => {
    const world = new World(upTo(25), 10);
    await world.reader.read();
    const before = world.asked.length;
    world.ids = upTo(30);
    await world.reader.read();
    expect(world.shown[0]).toBe(30);
    expect(world.shown).toHaveLength(30);
    expect(world.asked.length - before).toBe(1);
  });

  test.each([
    ['a few', 25, 60],
    ['as many as it holds', 10_000, 10_060],
  ])('of %s, what was missed is read whole, also when something happens meanwhile', async (_, was, is) => {
    const world = new World(upTo(was), 10_000);
    await world.reader.read();
    world.page = 10;
    world.ids = upTo(is);
    const reading = world.reader.read();
    world.reader.take([world.event(is - 1), world.event(is)]);
    await reading;
    expect(world.shown.slice(0, 70)).toEqual([...upTo(is)].reverse().slice(0, 70));
    expect(world.asked.length).toBeLessThan(12);
  });

  test('what was read in part is read on behind all that was missed since', async () => {
    const world = new World(upTo(40), 10);
    const first = world.reader.read();
    await world.answered(2);
    world.reader.stop();
    await first;
    expect(world.shown.length).toBeLessThan(40);
    world.ids = upTo(75);
    const reading = world.reader.read();
    world.reader.take([world.event(75)]);
    await reading;
    expect(world.shown).toEqual([...upTo(75)].reverse());
  });

  test('of a journal that was lost and is long again by now all is read', async () => {
    const world = new World(upTo(25), 10);
    await world.reader.read();
    world.startMs = 99_000_000;
    await world.reader.read();
    expect(world.shown).toEqual([...upTo(25)].reverse());
    expect(world.view?.events.at(-1)?.time).toBe(AT + 99_001_000);
  });

  test('a journal that was lost counts from the first anew, and what was known of the other one goes', async () => {
    const world = new World(upTo(5), 10);
    await world.reader.read();
    world.reader.take([{ ...world.event(2), time: AT + 99_000 }]);
    expect(world.shown).toEqual([2]);
  });

  test('what the agent does not keep any more goes, also where nothing of what it keeps was known', async () => {
    const world = new World(upTo(25), 10);
    await world.reader.read();
    world.ids = upTo(28).slice(10);
    await world.reader.read();
    expect(world.shown).toEqual(upTo(28).slice(10).reverse());
    world.ids = [101, 102];
    await world.reader.read();
    expect(world.shown).toEqual([102, 101]);
  });

  test('a page that brings nothing new is the last', async () => {
    const world = new World(upTo(3), 1);
    world.ids = [1, 1, 1];
    await world.reader.read();
    expect(world.view?.state).toBe('whole');
  });

  test('where nothing is kept it says so, and still takes what happens', async () => {
    const world = new World([], 10);
    await world.reader.read();
    expect(world.view?.state).toBe('none');
    world.reader.take([world.event(1)]);
    expect(world.shown).toEqual([1]);
  });

  test('an agent without a journal, or without an answer, is named', async () => {
    const world = new World(upTo(3), 10);
    world.refuse = 'absent';
    await world.reader.read();
    expect(world.view).toMatchObject({ state: 'failed', fault: { why: 'absent' } });
  });

  test('holds as much as an agent keeps, and drops the records', async () => {
    const world = new World(upTo(16_050), 2_000);
    await world.reader.read();
    expect(world.shown).toHaveLength(10_000);
    expect(world.shown[0]).toBe(16_050);
    expect(world.asked).toHaveLength(6);
    expect(world.view?.events.every(({ record }) => record === undefined)).toBe(true);
  });

  test('says nothing once it is stopped', async () => {
    const world = new World(upTo(3), 10);
    const reading = world.reader.read();
    world.reader.stop();
    await reading;
    expect(world.view).toBeUndefined();
  });
});
