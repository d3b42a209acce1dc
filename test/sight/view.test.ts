import { describe, expect, test } from '@jest/globals';
import { readBeliefs, viewOf, type Belief, type Beliefs } from '../../src/sight/view.js';

const beliefs = (states: Readonly<Record<string, Belief>>): Beliefs => new Map(Object.entries(states));

describe('what another host believes', () => {
  test('is the same when its list is the same', () => {
    const same = beliefs({ h1: 'alive', h2: 'suspect', h3: 'dead' });
    expect(viewOf(same, same)).toEqual({ sees: 1, present: new Set(['h1', 'h2']), differs: [], omitted: 0 });
  });

  test('differs where a member is there for one of both only, or is only suspected', () => {
    const theirs = beliefs({ h1: 'alive', h2: 'dead', h3: 'suspect', h5: 'alive' });
    const ours = beliefs({ h4: 'alive', h3: 'alive', h2: 'alive', h1: 'alive' });
    const { sees, present, differs } = viewOf(theirs, ours);
    expect([sees, [...present].sort()]).toEqual([2, ['h1', 'h3']]);
    expect(differs).toEqual([
      { name: 'h2', state: 'dead', ours: 'alive' },
      { name: 'h3', state: 'suspect', ours: 'alive' },
      { name: 'h4', state: 'unknown', ours: 'alive' },
      { name: 'h5', state: 'alive', ours: 'unknown' },
    ]);
  });

  test('makes no difference where a member is gone for both, whatever that is called', () => {
    const theirs = beliefs({ h1: 'alive', h2: 'left', h4: 'missing', h5: 'dead' });
    expect(viewOf(theirs, beliefs({ h1: 'alive', h2: 'dead', h3: 'missing', h4: 'left' })).differs).toEqual([]);
  });

  test('lists so many differences, and counts the others', () => {
    const theirs = new Map(Array.from({ length: 100 }, (_, i) => [`x${i}`, 'alive' as const]));
    const { differs, omitted, present } = viewOf(theirs, beliefs({ x0: 'alive' }));
    expect([differs.length, omitted, present]).toEqual([64, 35, new Set(['x0'])]);
  });
});

describe('a list of members', () => {
  const listOf = (members: unknown, hostname = 'h2'): string => JSON.stringify({ hostname, members });

  test('is read, without what is no member of it', () => {
    const name = 'x'.repeat(256);
    const odd = [null, 7, { name: 'h3' }, { name: 4, state: 'alive' }, { name: 'h4', state: 'odd' }];
    const read = readBeliefs(listOf([{ name: 'h1', state: 'alive' }, ...odd, { name, state: 'alive' }]), 'h2');
    expect([...(read ?? [])]).toEqual([['h1', 'alive']]);
  });

  test('is bounded', () => {
    const many = Array.from({ length: 5_000 }, (_, i) => ({ name: `h${i}`, state: 'alive' }));
    expect(readBeliefs(listOf(many), 'h2')?.size).toBe(4_096);
  });

  test.each(['', 'null', '[]', '{"hostname":"h2"}', listOf({}), listOf([], 'h3')])(
    'of the asked host it is none: %s',
    (body) => {
      expect(readBeliefs(body, 'h2')).toBeUndefined();
    },
  );
});
