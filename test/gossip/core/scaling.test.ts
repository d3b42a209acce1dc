import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { pushPullInterval, retransmitLimit, suspicionTimeout } from '../../../src/gossip/core/scaling.js';
import { suspicionWait } from '../../../src/gossip/core/suspicion.js';

interface Formulas {
  readonly pushPullScale: readonly { readonly intervalMs: number; readonly n: number; readonly scaledMs: number }[];
  readonly retransmitLimit: readonly { readonly limit: number; readonly mult: number; readonly n: number }[];
  readonly suspicionTimeout: readonly {
    readonly intervalMs: number;
    readonly mult: number;
    readonly n: number;
    readonly timeoutMs: number;
  }[];
  readonly suspicionRemaining: readonly {
    readonly elapsedMs: number;
    readonly k: number;
    readonly maxMs: number;
    readonly minMs: number;
    readonly n: number;
    readonly remainingMs: number;
  }[];
}

const formulas = JSON.parse(readFileSync('test/fixtures/gossip/formulas.json', 'utf8')) as Formulas;

describe('the formulas give the values of the original (vectors/formulas.json)', () => {
  test.each(formulas.pushPullScale)('push/pull every $intervalMs ms among $n: $scaledMs ms', (vector) => {
    expect(pushPullInterval(vector.intervalMs, vector.n)).toBe(vector.scaledMs);
  });

  test.each(formulas.retransmitLimit)('$mult times the logarithm for $n members: $limit', (vector) => {
    expect(retransmitLimit(vector.mult, vector.n)).toBe(vector.limit);
  });

  test.each(formulas.suspicionTimeout)('a suspect among $n, mult $mult, $intervalMs ms: $timeoutMs ms', (vector) => {
    expect(suspicionTimeout(vector.mult, vector.n, vector.intervalMs)).toBeCloseTo(vector.timeoutMs, 6);
  });

  test.each(formulas.suspicionRemaining)('$n of $k confirmed after $elapsedMs ms: $remainingMs ms left', (vector) => {
    const { n, k, minMs, maxMs, elapsedMs, remainingMs } = vector;
    expect(suspicionWait(n, { expected: k, minMs, maxMs }) - elapsedMs).toBe(remainingMs);
  });
});
