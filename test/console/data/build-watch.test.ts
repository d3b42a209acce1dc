import { describe, expect, test } from '@jest/globals';
import { BuildWatch } from '../../../src/console/data/build-watch.js';
import { settle } from '../../support/time.js';

/** A page of the build `a`, and an agent that serves what the test says. */
function page(): { readonly watch: BuildWatch; readonly agent: { serves: string | undefined; asked: number } } {
  const agent = { serves: 'a' as string | undefined, asked: 0 };
  const served = (): Promise<string | undefined> => {
    agent.asked += 1;
    return Promise.resolve(agent.serves);
  };
  return { watch: new BuildWatch('a', served), agent };
}

describe('the build of a page', () => {
  test('is old once the agent serves another one, and not while nobody knows', async () => {
    const { watch, agent } = page();
    const seen: string[] = [];
    watch.subscribe(() => seen.push(watch.state()));
    for (agent.serves of ['a', undefined, 'b', undefined, 'a']) await watch.look();
    expect(seen).toEqual(['current', 'old', 'current']);
  });

  test('a part that cannot be loaded is told at once, and the agent is asked whether that is the reason', async () => {
    const { watch, agent } = page();
    watch.loaded(false);
    expect(watch.state()).toBe('broken');
    await settle();
    expect([watch.state(), agent.asked]).toEqual(['broken', 1]);
    agent.serves = 'b';
    watch.loaded(false);
    await settle();
    expect(watch.state()).toBe('old');
  });

  test('what could be loaded after all is whole', () => {
    const { watch } = page();
    watch.loaded(false);
    watch.loaded(true);
    expect(watch.state()).toBe('current');
  });
});
