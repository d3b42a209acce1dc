import { expect, test } from '@jest/globals';
import { keptInCluster } from '../../src/compose/kept-state.js';
import type { Kept } from '../../src/store/keeper.js';

/** A state that is whatever it is set to. */
function someState(text?: string): Kept & { readonly restored: string[] } {
  const restored: string[] = [];
  return {
    kind: 'catalog',
    version: 3,
    restored,
    restore: (taken, version) => {
      restored.push(`${version} ${taken}`);
      return taken === 'bad' ? 'is bad' : undefined;
    },
    encode: () => text,
  };
}

test('a state comes back in the cluster it was written in, whatever that is called', () => {
  for (const name of ['default', '', 'two\nlines', '"']) {
    const text = keptInCluster(name, someState('all that is known')).encode() ?? '';
    const state = someState();
    expect(keptInCluster(name, state).restore(text, 3)).toBeUndefined();
    expect(state.restored).toEqual(['3 all that is known']);
  }
});

test('a state of another cluster, or of none, is refused and not looked at', () => {
  const state = someState();
  const { restore } = keptInCluster('default', state);
  expect(restore(keptInCluster('other', someState('servers')).encode() ?? '', 3)).toBe(
    'was written in the cluster "other", not in "default"',
  );
  expect(restore('{"Servers":{}}', 3)).toMatch(/^was written in the cluster .*, not in/);
  expect(state.restored).toEqual([]);
});

test('what a state refuses is passed on, and nothing new is nothing to write', () => {
  const text = keptInCluster('default', someState('bad')).encode() ?? '';
  expect(keptInCluster('default', someState()).restore(text, 3)).toBe('is bad');
  expect(keptInCluster('default', someState()).encode()).toBeUndefined();
});
