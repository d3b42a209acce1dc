import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parseEvent } from '../../../src/discovery/docker/engine-event.js';

const CAPTURED = 'test/fixtures/contract/docker/engine-events.raw';

describe('an event of the engine', () => {
  test('is read from Action and Actor, rather than from what newer engines deprecate', () => {
    const event = { status: 'stop', id: 'old', Action: 'die', Actor: { ID: 'new' } };
    expect(parseEvent(event)).toEqual({ action: 'die', id: 'new', signal: undefined });
  });

  test('of an old engine is read from status and id', () => {
    expect(parseEvent({ status: 'die', id: 'abc', from: 'bb' })).toMatchObject({ action: 'die', id: 'abc' });
  });

  test('says which signal a container got', () => {
    const event = { Type: 'container', Action: 'kill', Actor: { ID: 'abc', Attributes: { signal: '15' } } };
    expect(parseEvent(event)).toEqual({ action: 'kill', id: 'abc', signal: 15 });
  });

  test.each([
    { Type: 'network', Action: 'connect', Actor: { ID: 'abc' } },
    { Type: 'container', Action: 'exec_create: /bin/sh', Actor: { ID: 'abc' } },
    { Type: 'container', Action: 'die' },
    { Type: 'container', Action: 'die', Actor: { ID: '' } },
    { Type: 'container', Action: ['die'], Actor: { ID: 'abc' } },
    { Actor: null },
    'die',
    null,
  ])('is none: %j', (event) => {
    expect(parseEvent(event)).toBeUndefined();
  });

  test('is understood as a real engine writes it', () => {
    const lines = readFileSync(CAPTURED, 'utf8').trim().split('\n');
    const events = lines.map((line) => parseEvent(JSON.parse(line))).filter((event) => event !== undefined);
    expect(events.slice(0, 4).map(({ action, signal }) => [action, signal])).toEqual([
      ['kill', 15],
      ['kill', 9],
      ['die', undefined],
      ['stop', undefined],
    ]);
  });
});
