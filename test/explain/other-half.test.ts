import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readOtherHalf } from '../../src/explain/other-half.js';

const VERDICT = { code: 'CHECK_FAILED', sentence: 'it fails', advice: 'pay me' };
const stepsOf = (steps: unknown, verdict: unknown = VERDICT) =>
  readOtherHalf(JSON.stringify({ verdict, instances: [{ host: 'h2', id: 'aa', steps }] }))?.instances[0]?.steps;

describe('what another agent says', () => {
  test('is taken as far as it is what such an agent says', () => {
    const facts = { output: 'no', runs: 3, since: null, ports: ['a', 7], deep: { a: 1 } };
    const steps = [{ step: 'checked', state: 'stopped', text: 'it fails', facts, code: 'CHECK_FAILED', more: 1 }];
    expect(stepsOf(steps)).toEqual([
      {
        ...{ step: 'checked', state: 'stopped', text: 'it fails', code: 'CHECK_FAILED' },
        facts: { output: 'no', runs: 3, since: null, ports: ['a', ''] },
      },
    ]);
  });

  test('gives no steps but those of its own host, in words that are known', () => {
    const step = { step: 'checked', state: 'done', text: 'fine', facts: {}, code: null };
    expect(
      stepsOf([{ ...step, step: 'haproxy' }, { ...step, state: 'divine' }, 7, null, { ...step, facts: null }]),
    ).toEqual([{ ...step, code: undefined }]);
  });

  test('may have a code that is not known yet, and the advice is ours', () => {
    const half = readOtherHalf(JSON.stringify({ verdict: { ...VERDICT, code: 'constructor' }, instances: [] }));
    expect(half?.verdict.code).toBe('STOPPED_THERE');
    expect(half?.verdict.advice).not.toBe('pay me');
  });

  test('is cut to what anybody reads', () => {
    const long = 'x'.repeat(100_000);
    const instance = { host: 'h2', id: 'aa', steps: [{ step: 'checked', state: 'done', text: long, facts: {} }] };
    const half = readOtherHalf(JSON.stringify({ verdict: VERDICT, instances: Array(1_000).fill(instance) }));
    expect(half?.instances).toHaveLength(100);
    expect(half?.instances[0]?.steps[0]?.text).toHaveLength(8_192);
  });

  test('whatever it is, it is read or refused', () => {
    fc.assert(
      fc.property(fc.json(), fc.json(), (verdict, instances) => {
        readOtherHalf(`{"verdict":${verdict},"instances":${instances}}`);
        readOtherHalf(verdict);
      }),
    );
  });
});
