import { describe, expect, test } from '@jest/globals';
import type { Running } from '../../src/haproxy/deployment.js';
import { Diary, type ProxyNews } from '../../src/haproxy/diary.js';
import { Figures } from '../../src/haproxy/figures.js';
import { configDigest } from '../../src/haproxy/plan/digest.js';
import { parseConfig } from '../../src/haproxy/plan/parse-config.js';

const SECOND_NS = 1_000_000_000n;

function room() {
  const figures = new Figures(() => undefined);
  const deployment: { running: Running | undefined } = { running: undefined };
  const news: ProxyNews[] = [];
  let isServing = false;
  const diary = new Diary({ deployment, figures, supervisor: { isServing: () => isServing } }, (one) => news.push(one));
  return {
    ...{ figures, news },
    runs: (text: string | undefined): void => {
      isServing = text !== undefined;
      const rest = { areServersKnown: true, hasRuntimeApi: true };
      if (text !== undefined) deployment.running = { text, config: parseConfig(text), ...rest };
    },
    /** What is told since the last time. */
    told: (): readonly string[] => {
      news.length = 0;
      diary.note();
      return news.map(({ what, text }) => `${what}: ${text}`);
    },
  };
}

describe('of HAProxy is told', () => {
  test('that it runs already, with what', () => {
    const { news, runs, told } = room();
    expect(told()).toEqual([]);
    runs('a');
    expect(told()).toEqual(['found: HAProxy runs already']);
    expect(news[0]?.config).toEqual({ digest: configDigest('a'), text: 'a' });
    expect(told()).toEqual([]);
  });

  test('a reload, with its reasons and how long it took', () => {
    const { figures, news, runs, told } = room();
    runs('a');
    told();
    runs('b');
    figures.reloaded(['section-added', 'section-removed'], 1n, 'two sections');
    figures.applied({ time: 2n, tookMs: 42, how: 'reload', reason: 'two sections' });
    expect(told()).toEqual(['reload: HAProxy was reloaded: two sections']);
    expect(news[0]).toMatchObject({ reasons: ['section-added', 'section-removed'], tookMs: 42, config: { text: 'b' } });
  });

  test('a change of servers, and another text that means the same', () => {
    const { figures, news, runs, told } = room();
    runs('a');
    told();
    runs('b');
    figures.applied({ time: 1n, tookMs: 3, how: 'runtime', reason: 'add s1' });
    expect(told()).toEqual(["runtime: HAProxy's servers were changed: add s1"]);
    expect(news[0]).toMatchObject({ reasons: [], tookMs: 3, config: { text: 'b' } });
    runs('c');
    figures.applied({ time: 2n, tookMs: 3, how: 'nothing', reason: '' });
    expect(told()).toEqual(['runtime: the configuration changed in nothing that HAProxy would do in another way']);
  });

  test('its end, and its start', () => {
    const { figures, news, runs, told } = room();
    runs('a');
    told();
    runs(undefined);
    expect(told()).toEqual(['lost: HAProxy has ended']);
    runs('a');
    figures.reloaded(['not-running'], 1n, 'HAProxy was not running');
    expect(told()).toEqual(['started: HAProxy did not run, and was started']);
    expect(news[0]?.tookMs).toBeUndefined();
  });

  test('a failure, and what was repaired, again and again in the same way once in a while', () => {
    const { figures, news, runs, told } = room();
    runs('a');
    told();
    for (let n = 0n; n < 10n; n += 1n) {
      figures.failed('CONFIG_REJECTED', n * SECOND_NS, 'no');
      figures.compared({ differences: 1, repaired: 1, texts: ['s1'] }, n * SECOND_NS);
      const expected = ['failed: no', "repaired: HAProxy's servers were not as they should be: s1"];
      expect(told()).toEqual(n === 0n ? expected : []);
    }
    figures.failed('CONFIG_REJECTED', 10n * SECOND_NS, 'no, not so');
    expect(told()).toEqual(['failed: no, not so']);
    expect(news[0]?.code).toBe('CONFIG_REJECTED');
    figures.failed('CONFIG_REJECTED', 70n * SECOND_NS, 'no, not so');
    expect(told()).toEqual(['failed: no, not so']);
  });
});
