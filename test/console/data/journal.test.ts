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

  constructor(
    public ids: readonly number[],
    private readonly page: number,
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

  event(id: number) {
    return eventOf({ id, time: new Date(AT + id * 1_000).toISOString() });
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

  test('a journal that was lost counts from the first anew, and what was known of the other one goes', async () => {
    const world = new World(upTo(5), 10);
    await world.reader.read();
    world.reader.take([{ ...world.event(2), time: AT + 99_000 }]);
    expect(world.shown).toEqual([2]);
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
    const world = new World(upTo(10_050), 2_000);
    await world.reader.read();
    expect(world.shown).toHaveLength(10_000);
    expect(world.shown[0]).toBe(10_050);
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
