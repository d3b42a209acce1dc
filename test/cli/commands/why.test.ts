import { describe, expect, test } from '@jest/globals';
import { answer, sidecar } from '../agent-double.js';

const PATH = '/api/explain';
const verdict = (code: string, sentence: string) => ({ code, sentence, advice: 'mend what the output names' });
const step = (name: string, state: string, text: string) => ({ step: name, state, text, facts: {}, code: null });
const instance = (host: string, code: string, steps: readonly unknown[]) => ({
  ...{ host, id: 'aa', verdict: verdict(code, 'why'), steps },
  asked: { state: 'self', text: 'it is the host that answers' },
});
const explanation = (code: string, instances: readonly unknown[], omitted = 0) => ({
  ...{ service: 'web', which: null, host: 'h1', instances, omitted },
  verdict: verdict(code, 'web on h1: its http check failed: 500'),
});
const ILL = explanation('CHECK_FAILED', [
  instance('h1', 'CHECK_FAILED', [
    step('discovered', 'done', 'docker discovery sees container web-1'),
    step('checked', 'stopped', 'its http check failed: 500\u001b[2J'),
    step('received', 'unknown', 'nobody remembers'),
    step('haproxy', 'waiting', 'not yet'),
  ]),
]);

describe('sidecar why', () => {
  test('shows the verdict, what to do, and the way to where it stops', async () => {
    const { exitCode, out, asked } = await sidecar('why web', { [PATH]: answer(200, ILL) });
    expect([exitCode, asked]).toEqual([1, ['GET http://127.0.0.1:7777/api/explain?service=web']]);
    expect(out).toBe(`web: CHECK_FAILED
  web on h1: its http check failed: 500
  What to do: mend what the output names

h1 aa: CHECK_FAILED
  + discovered docker discovery sees container web-1
  x checked    its http check failed: 500\\u001b[2J
  ? received   nobody remembers
  ~ haproxy    not yet
`);
  });

  test('of several instances shows the way of those that are not routed', async () => {
    const steps = [step('discovered', 'unknown', 'http://h2 does not answer within 1 s')];
    const body = explanation('ROUTED', [instance('h1', 'ROUTED', steps), instance('h2', 'HOST_DEAD', steps)], 3);
    const { exitCode, out } = await sidecar('why web', { [PATH]: answer(200, body) });
    expect(exitCode).toBe(0);
    expect(out.split('\n').slice(3)).toEqual([
      ...['h1 aa: ROUTED', '', 'h2 aa: HOST_DEAD', '  ? discovered http://h2 does not answer within 1 s'],
      ...['  What to do: mend what the output names', '', 'and 3 more that are not shown: ended ones, or too many', ''],
    ]);
  });

  test('asks for any name, and for an id or a host', async () => {
    const { asked } = await sidecar('why shop/web:1&2 node2', { [PATH]: answer(200, ILL) });
    expect(asked).toEqual(['GET http://127.0.0.1:7777/api/explain?service=shop%2Fweb%3A1%262&which=node2']);
  });

  test('prints the answer as it is for programs', async () => {
    const { exitCode, out } = await sidecar('why web --json', { [PATH]: answer(200, ILL) });
    expect([exitCode, JSON.parse(out)]).toEqual([1, ILL]);
  });

  test.each([
    ['nobody answers', {}],
    ['it is no such agent', { [PATH]: answer(200, { verdict: {} }) }],
    ['it is too busy', { [PATH]: answer(503, { message: 'ask again' }) }],
  ])('ends with 2 when %s', async (_, answers) => {
    expect((await sidecar('why web', answers)).exitCode).toBe(2);
  });
});
