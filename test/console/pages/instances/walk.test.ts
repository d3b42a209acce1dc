import { describe, expect, test } from '@jest/globals';
import type { InstanceExplanation, Step, StepState } from '../../../../src/console/data/explanation.js';
import { arrivalText } from '../../../../src/console/pages/instances/arrival.js';
import { factTexts } from '../../../../src/console/pages/instances/fact-texts.js';
import { adviceText, headlineOf, isDrained, lanesOf } from '../../../../src/console/pages/instances/walk.js';

const step = (name: string, state: StepState, code?: string, facts = {}): Step => ({
  ...{ step: name, state, text: `${name} it is`, facts, code },
});

const done = (...names: readonly string[]): readonly Step[] => names.map((name) => step(name, 'done'));

const ORIGIN = done('discovered', 'named', 'ports', 'checked');
const ARRIVAL = done('member', 'received', 'accepted');

function explained(steps: readonly Step[], asked = 'answered'): InstanceExplanation {
  const code = steps.find((each) => each.code !== undefined)?.code ?? 'ROUTED';
  return {
    ...{ host: 'node2', id: 'a1', steps, asked: { state: asked, text: 'node2 was asked' } },
    verdict: { code, sentence: 'so it is', advice: 'do it' },
  };
}

const states = (steps: readonly Step[]): readonly string[] =>
  lanesOf(explained(steps), 'node1', 0).map(({ stops }) => stops.map(({ state }) => state).join(' '));

describe('the way of an instance', () => {
  test('is gone by its host, then to the catalog and to HAProxy of the agent', () => {
    const lanes = lanesOf(explained(ORIGIN), 'node1', 0);
    expect(lanes.map(({ title }) => title)).toEqual(['On node2', 'To the catalog of node1', 'To HAProxy on node1']);
    expect(lanes.map(({ stops }) => stops.length)).toEqual([5, 4, 2]);
  });

  test('ends where it stops: that step decides, and the others lie ahead', () => {
    const steps = [...ORIGIN.slice(0, 3), step('checked', 'stopped', 'CHECK_FAILED')];
    expect(states(steps)).toEqual(['done done done stopped ahead', 'ahead ahead ahead ahead', 'ahead ahead']);
    const stops = lanesOf(explained(steps), 'node1', 0).flatMap((lane) => lane.stops);
    expect(stops.filter(({ isDecisive }) => isDecisive).map(({ name }) => name)).toEqual(['checked']);
  });

  test('has steps that nobody could tell of where its host was not asked', () => {
    const steps = [step('discovered', 'unknown'), ...done('ports'), ...ARRIVAL, step('stored', 'done')];
    expect(states(steps)).toEqual(['unknown unknown done unknown unknown', 'done done done done', 'ahead ahead']);
  });

  test('of what is drained goes on, and nothing of it is a fault', () => {
    const drained = step('announced', 'stopped', 'DRAINED', { drainedSince: '2026-11-23T12:00:00Z' });
    const steps = [
      ...ORIGIN,
      ...[drained, ...ARRIVAL, step('stored', 'stopped', 'DRAINED')],
      ...[step('rendered', 'stopped', 'WEIGHT_ZERO'), step('haproxy', 'stopped', 'SERVER_DOWN')],
    ];
    expect(states(steps)).toEqual(['done done done done held', 'done done done held', 'held stopped']);
    expect(isDrained(explained(steps))).toBe(true);
    expect(isDrained(explained(ORIGIN))).toBe(false);
  });

  test('is not stopped by an agent that has no HAProxy', () => {
    expect(states([...ORIGIN, ...ARRIVAL, step('rendered', 'stopped', 'PROXY_DISABLED')])[2]).toBe('unknown ahead');
  });

  test('shows a step that only a newer agent has', () => {
    const lanes = lanesOf(explained([...ORIGIN, step('warmed', 'done')]), 'node1', 0);
    expect(lanes[2]?.stops.map(({ title }) => title)).toEqual(['In the configuration', 'In HAProxy', 'warmed']);
  });
});

describe('the headline', () => {
  const whole = [...ORIGIN, ...done('announced'), ...ARRIVAL, ...done('stored', 'rendered', 'haproxy')];
  const stopping = (name: string, state: StepState, code: string): readonly Step[] => [
    ...whole.slice(
      0,
      whole.findIndex((each) => each.step === name),
    ),
    step(name, state, code),
  ];

  test.each([
    ['ROUTED', whole, 'good', 'Routed'],
    ['CHECK_FAILED', stopping('checked', 'stopped', 'CHECK_FAILED'), 'bad', 'Not routed'],
    ['NOT_RECEIVED', stopping('received', 'waiting', 'NOT_RECEIVED'), 'warn', 'Not routed yet'],
    ['DRAINED', stopping('announced', 'stopped', 'DRAINED'), 'warn', 'Drained: nothing new comes'],
    ['ENDED', stopping('discovered', 'stopped', 'ENDED'), 'plain', 'Not routed'],
    ['PROXY_DISABLED', stopping('rendered', 'stopped', 'PROXY_DISABLED'), 'plain', 'There is no HAProxy here'],
    [
      'STALE_HELD',
      [...stopping('stored', 'stopped', 'STALE_HELD'), ...done('rendered', 'haproxy')],
      'warn',
      'Served, with a reservation',
    ],
  ])('of %s', (_, steps, tone, text) => {
    const explanation = explained(steps);
    expect(headlineOf(explanation.verdict, explanation)).toEqual({ tone, text });
  });

  test('of what nobody has', () => {
    const verdict = { code: 'UNKNOWN_INSTANCE', sentence: '', advice: '' };
    expect(headlineOf(verdict)).toEqual({ tone: 'plain', text: 'Not known' });
  });
});

test('advice has the names that are meant', () => {
  const verdict = { code: 'DRAINED', sentence: '', advice: 'sidecar drain --end ID ends that; sidecar why NAME' };
  expect(adviceText(verdict, 'web', 'a$1')).toBe('sidecar drain --end a$1 ends that; sidecar why web');
});

test.each([
  ['self', undefined, 'by this host itself'],
  ['answered', { way: 'message', from: 'node3', lateMs: 12 }, 'message from node3, after 12 ms'],
  ['answered', { way: 'exchange', from: 'node2' }, 'full exchange from its host'],
  ['answered', undefined, undefined],
])('how an announcement came: %s %j', (asked, facts, text) => {
  const steps = facts ? [step('received', 'done', undefined, facts)] : [];
  expect(arrivalText(explained(steps, asked))).toBe(text);
});

test('facts are told in words, and those that say nothing are left out', () => {
  const at = new Date(2026, 10, 23, 14, 3, 12).getTime();
  const facts = {
    ...{ at: new Date(at).toISOString(), lateMs: 12.4, skewMs: -1_500, isRestored: false, servicePorts: ['80', '81'] },
    ...{ published: [], leftOut: null, nothing: '', lastHeardAgoMs: 272 },
  };
  expect(factTexts(facts, at + 1_000).map(({ label, text }) => `${label}: ${text}`)).toEqual([
    'when: 14:03:12',
    'time on the way: 12 ms',
    'its clock is ahead by: −1.5 s',
    'known from before the start: no',
    'service ports: 80\n81',
    'last heard, ago: 272 ms',
  ]);
});
