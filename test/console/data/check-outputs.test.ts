import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Answer } from '../../../src/console/data/api.js';
import type { KnownInstance } from '../../../src/console/data/catalog.js';
import { OutputAsker, type CheckOutputs } from '../../../src/console/data/check-outputs.js';
import { readExplanation, type Explanation } from '../../../src/console/data/explanation.js';
import { FakeClock } from '../../support/time.js';
import { instance } from '../support.js';

const NO_FACTS = { changedAt: undefined, reason: undefined, detail: undefined, check: undefined };

const ill = (service: string, host: string, facts: Readonly<Record<string, unknown>> = {}): KnownInstance => ({
  ...instance({ ID: `${service}1`, Name: service, Hostname: host, Status: 2, ...facts }),
  ...NO_FACTS,
});

function answerOf(service: string, host: string, output: string | undefined, asked = 'answered'): Answer<Explanation> {
  const checked = {
    step: 'checked',
    state: output === undefined ? 'done' : 'stopped',
    facts: { output: output ?? 'fine' },
  };
  const value = readExplanation({
    instances: [
      { host, id: `${service}1`, asked: { state: asked }, steps: asked === 'answered' ? [checked] : [] },
      { host: 'another', id: `${service}1`, asked: { state: asked }, steps: [checked] },
    ],
  });
  if (!value) throw new Error('that is no explanation');
  return { ok: true, value, agentTime: undefined };
}

const bad = (why: 'refused' | 'absent'): Answer<Explanation> => ({ ok: false, why, text: 'busy' });

describe('the outputs of checks on other hosts', () => {
  let clock: FakeClock;
  let asked: string[];
  let shown: CheckOutputs[];
  let answer: (service: string, host: string) => Answer<Explanation> | Promise<Answer<Explanation>>;
  let asker: OutputAsker;

  beforeEach(() => {
    clock = new FakeClock();
    asked = [];
    shown = [];
    answer = (service, host) => answerOf(service, host, `HTTP 503 of ${service}`);
    const explain = (service: string, host: string): Promise<Answer<Explanation>> => {
      asked.push(`${clock.now()} ${service} ${host}`);
      return Promise.resolve(answer(service, host));
    };
    asker = new OutputAsker(explain, { clock, show: (outputs) => shown.push(outputs) });
    asker.start();
  });

  const outputs = (): unknown => [...(shown.at(-1) ?? [])];

  test('are asked for once it is settled what is in sight, and shown', async () => {
    asker.see([ill('web', 'node2')], 'node1');
    await clock.advance(1_000);
    expect(asked).toEqual(['300 web node2']);
    expect(outputs()).toEqual([['node2/web1', 'HTTP 503 of web']]);
  });

  test('are not asked for of this host, of what is well or drains, nor where its host told', async () => {
    const check = { what: 'failed', output: 'told', time: 0 };
    asker.see(
      [
        ill('own', 'node1'),
        ill('well', 'node2', { Status: 0 }),
        ill('draining', 'node2', { Status: 4 }),
        ill('gone', 'node2', { Status: 1 }),
        { ...ill('told', 'node2'), check },
        ill('unknown', 'node2', { Status: 3 }),
      ],
      'node1',
    );
    await clock.advance(1_000);
    expect(asked).toEqual(['300 unknown node2']);
  });

  test('what only passes by is not asked for', async () => {
    asker.see([ill('web', 'node2')], 'node1');
    await clock.advance(200);
    asker.see([ill('api', 'node2')], 'node1');
    await clock.advance(200);
    asker.see([ill('web', 'node2'), ill('api', 'node2')], 'node1');
    await clock.advance(1_000);
    expect(asked).toEqual(['500 api node2', '700 web node2']);
  });

  test('instances of a service on one host are one question', async () => {
    asker.see([ill('web', 'node2'), ill('web', 'node2', { ID: 'other' }), ill('web', 'node3')], 'node1');
    await clock.advance(1_000);
    expect(asked).toEqual(['300 web node2', '300 web node3']);
  });

  test('are asked for again after 15 s, and told again only where they are others', async () => {
    asker.see([ill('web', 'node2')], 'node1');
    await clock.advance(16_000);
    expect(asked).toEqual(['300 web node2', '15300 web node2']);
    expect(shown).toHaveLength(1);
    answer = (service, host) => answerOf(service, host, undefined);
    await clock.advance(15_000);
    expect(outputs()).toEqual([]);
  });

  test('are asked for again soon after an event, but not sooner than after 2 s', async () => {
    asker.see([ill('web', 'node2')], 'node1');
    await clock.advance(400);
    asker.see([ill('web', 'node2', { Updated: '2026-11-23T12:09:00Z' })], 'node1');
    asker.see([ill('web', 'node2', { Updated: '2026-11-23T12:09:01Z' })], 'node1');
    await clock.advance(10_000);
    expect(asked).toEqual(['300 web node2', '2300 web node2']);
  });

  test('few are asked for at once, those on top first', async () => {
    let open = 0;
    let most = 0;
    answer = async (service, host) => {
      most = Math.max(most, ++open);
      await new Promise<void>((over) => void clock.after(100, over));
      open -= 1;
      return answerOf(service, host, 'no');
    };
    asker.see(
      Array.from({ length: 40 }, (_, i) => ill(`s${i}`, 'node2')),
      'node1',
    );
    await clock.advance(3_000);
    expect(most).toBe(3);
    expect(asked).toHaveLength(40);
    expect(asked.slice(0, 4)).toEqual(['300 s0 node2', '300 s1 node2', '300 s2 node2', '400 s3 node2']);
    expect(outputs()).toHaveLength(40);
  });

  test('while nobody looks nothing is asked, and nothing waits to be', async () => {
    asker.see([ill('web', 'node2')], 'node1');
    asker.stop();
    await clock.advance(60_000);
    expect([asked, clock.armed]).toEqual([[], 0]);
    asker.start();
    await clock.advance(1);
    expect(asked).toEqual(['60000 web node2']);
  });

  test('what went out of sight is not asked for any more, and stays known', async () => {
    asker.see([ill('web', 'node2')], 'node1');
    await clock.advance(400);
    asker.see([ill('api', 'node2')], 'node1');
    await clock.advance(20_000);
    expect(asked.filter((each) => each.includes('web'))).toHaveLength(1);
    expect(outputs()).toEqual([
      ['node2/web1', 'HTTP 503 of web'],
      ['node2/api1', 'HTTP 503 of api'],
    ]);
  });

  test.each([
    ['the agent refuses', () => bad('refused')],
    ['the host does not answer', (service: string, host: string) => answerOf(service, host, undefined, 'unanswered')],
  ])('the pauses grow while %s, also after an event, and what was known stays until one', async (_, failure) => {
    asker.see([ill('web', 'node2')], 'node1');
    await clock.advance(400);
    answer = failure;
    await clock.advance(400_000);
    const times = asked.map((each) => Number(each.split(' ')[0]));
    expect(times).toEqual([300, 15_300, 45_300, 105_300, 225_300, 345_300]);
    expect(outputs()).toEqual([['node2/web1', 'HTTP 503 of web']]);
    asker.see([ill('web', 'node2', { Updated: '2026-11-23T12:09:00Z' })], 'node1');
    await clock.advance(60_000);
    expect(asked).toHaveLength(6);
    await clock.advance(10_000);
    expect(asked).toHaveLength(7);
    expect(outputs()).toEqual([]);
  });

  test('an agent that explains nothing is left alone for long, whatever comes into sight', async () => {
    answer = () => bad('absent');
    asker.see([ill('web', 'node2')], 'node1');
    await clock.advance(400);
    asker.see([ill('web', 'node2'), ill('api', 'node2')], 'node1');
    await clock.advance(299_000);
    expect(asked).toHaveLength(1);
    await clock.advance(60_000);
    expect(asked.length).toBeGreaterThan(1);
  });

  test('of very many that were in sight those are forgotten that were not seen for longest', async () => {
    for (let i = 0; i < 300; i += 1) {
      asker.see([ill(`s${i}`, 'node2')], 'node1');
      await clock.advance(400);
      if (i === 150) asker.see([ill('s0', 'node2')], 'node1');
    }
    expect(shown.at(-1)?.size).toBe(200);
    expect(['s0', 's1', 's299'].map((name) => shown.at(-1)?.has(`node2/${name}1`))).toEqual([true, false, true]);
  });
});
