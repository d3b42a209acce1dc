import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Agenda } from './agenda.js';

test('everything happens once, in the order of its time, and of its planning when the time is the same', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(20), { maxLength: 200 }), (delays) => {
      const agenda = new Agenda();
      const happened: string[] = [];
      delays.forEach((delay, order) => agenda.after(delay, () => happened.push(`${agenda.now} ${order}`)));
      agenda.runUntil(20);
      const expected = delays.map((at, order) => ({ at, order })).sort((a, b) => a.at - b.at || a.order - b.order);
      expect(happened).toEqual(expected.map(({ at, order }) => `${at} ${order}`));
    }),
  );
});

test('what is cancelled does not happen, what is planned meanwhile does, and nothing after the end', () => {
  const agenda = new Agenda();
  const happened: string[] = [];
  agenda.after(1, () => agenda.after(1, () => happened.push('planned meanwhile')));
  agenda.after(2, () => happened.push('cancelled'))();
  agenda.after(4, () => happened.push('too late'));
  agenda.runUntil(3);
  expect(happened).toEqual(['planned meanwhile']);
  expect(agenda.now).toBe(3);
});
