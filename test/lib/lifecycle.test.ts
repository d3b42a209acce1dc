import { describe, expect, test } from '@jest/globals';
import { runAll, type Component } from '../../src/lib/lifecycle.js';
import { aborted } from '../../src/lib/sleep.js';
import { settle } from '../support/time.js';

function part(name: string, story: string[], fails?: 'at start' | 'at stop'): Component {
  return {
    name,
    run: async (signal, ready) => {
      story.push(`start ${name}`);
      if (fails === 'at start') throw new Error('no luck');
      ready();
      await aborted(signal);
      story.push(`stop ${name}`);
      if (fails === 'at stop') throw new Error('cannot let go');
    },
  };
}

describe('running the parts', () => {
  test('they start in order and stop in reverse', async () => {
    const story: string[] = [];
    const stop = new AbortController();
    const all = runAll([part('a', story), part('b', story)], stop.signal);
    await settle();
    stop.abort();
    await all;
    expect(story).toEqual(['start a', 'start b', 'stop b', 'stop a']);
  });

  test('a part that fails stops those before it, starts none after it, and is named', async () => {
    const story: string[] = [];
    const all = runAll(
      [part('a', story), part('b', story, 'at start'), part('c', story)],
      new AbortController().signal,
    );
    await expect(all).rejects.toMatchObject({ message: 'b failed', cause: { message: 'no luck' } });
    expect(story).toEqual(['start a', 'start b', 'stop a']);
  });

  test('a failure while stopping does not keep the others running', async () => {
    const story: string[] = [];
    const stop = new AbortController();
    const all = runAll([part('a', story), part('b', story, 'at stop')], stop.signal);
    await settle();
    stop.abort();
    await expect(all).rejects.toMatchObject({ message: 'b failed' });
    expect(story).toEqual(['start a', 'start b', 'stop b', 'stop a']);
  });

  test('a part that ends on its own ends the process', async () => {
    const run = (_signal: AbortSignal, ready: () => void): Promise<void> => {
      ready();
      return Promise.resolve();
    };
    const brief: Component = { name: 'brief', run };
    await expect(runAll([brief], new AbortController().signal)).rejects.toMatchObject({
      message: 'brief ended on its own',
    });
  });
});
