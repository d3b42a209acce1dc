import { describe, expect, test } from '@jest/globals';
import type { ProxyNews } from '../../src/haproxy/diary.js';
import { configDigest } from '../../src/haproxy/plan/digest.js';
import { ServedConfigs } from '../../src/haproxy/served-configs.js';
import { fakeWall, FakeClock } from '../support/time.js';

const START_NS = 1_700_000_000_000_000_000n;

function room() {
  const clock = new FakeClock();
  const configs = new ServedConfigs(fakeWall(clock, START_NS));
  const note = (what: ProxyNews['what'], text?: string, reason = `${what}!`): void => {
    const config = text === undefined ? undefined : { digest: configDigest(text), text };
    configs.note({ what, text: reason, reasons: [], code: undefined, tookMs: undefined, config });
  };
  return { clock, configs, note };
}

const [A, B, C] = ['a\nb\nc\n', 'a\nB\nc\n', 'a\nB\nc\nd\n'] as const;

describe('the configuration that HAProxy has', () => {
  test('is not known at first, and then has none before it', () => {
    const { configs, note } = room();
    note('lost');
    expect(configs.last()).toBeUndefined();
    note('found', A);
    expect(configs.last()).toEqual({
      ...{ digest: configDigest(A), text: A, appliedAt: START_NS, how: 'found', reason: 'found!' },
      ...{ previous: undefined, diff: '' },
    });
  });

  test('is told with what changed in it the last time, and the same object each time', async () => {
    const { clock, configs, note } = room();
    note('found', A);
    await clock.advance(1_000);
    note('reload', B);
    const change = configs.last();
    expect(change).toMatchObject({
      ...{ text: B, how: 'reload', appliedAt: START_NS + 1_000_000_000n },
      previous: { digest: configDigest(A), appliedAt: START_NS },
      diff: `--- ${configDigest(A)}\n+++ ${configDigest(B)}\n@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n`,
    });
    expect(configs.last()).toBe(change);
    note('runtime', C);
    expect(configs.last()).toMatchObject({ how: 'runtime', previous: { digest: configDigest(B) } });
    expect(configs.last()?.diff).not.toContain('-b');
  });

  test('stays as it was told when HAProxy is reloaded with the same text', () => {
    const { configs, note } = room();
    note('found', A);
    note('reload', B);
    const before = configs.last();
    note('reload', B, 'once more');
    expect(configs.last()).toBe(before);
  });

  test('is not put down to a failure that is told of at the same time', () => {
    const { configs, note } = room();
    note('found', A);
    for (const what of ['lost', 'failed', 'repaired'] as const) note(what, B);
    note('started', B);
    expect(configs.last()).toMatchObject({ text: B, how: 'started', previous: { digest: configDigest(A) } });
  });

  test('is compared with one that is quite another only by how long they are', () => {
    const { configs, note } = room();
    const lines = (word: string, count: number): string => `${word}\n`.repeat(count);
    note('found', lines('a', 900));
    note('reload', lines('b', 800));
    expect(configs.last()?.diff).toMatch(
      /^--- \w{16}\n\+\+\+ \w{16}\n@@ -1,900 \+1,800 @@\n… more than 1000 lines differ\n$/,
    );
  });
});
