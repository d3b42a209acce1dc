import { describe, expect, test } from '@jest/globals';
import type { Section } from '../../../src/haproxy/plan/config.js';
import { parseConfig } from '../../../src/haproxy/plan/parse-config.js';
import { Acceptance } from '../../../src/haproxy/runtime-api/acceptance.js';
import { stepsOf, type Move, type Target } from '../../../src/haproxy/runtime-api/moves.js';

const target: Target = {
  backend: 'web',
  name: 'a',
  host: '10.0.0.1',
  address: { address: '10.0.0.1', port: 80 },
  weight: 1,
  disabled: false,
  checked: false,
  hasAgent: false,
};
const add = (...args: readonly string[]): Move => ({ kind: 'add', target, args });

function sectionOf(text: string, name: string): Section {
  const section = parseConfig(text).sections.find((one) => one.name === name);
  if (!section) throw new Error(`no ${name}`);
  return section;
}

const TEXT =
  'defaults\n  balance source\nbackend one\n  server s :1\nbackend two\nbackend three\n  balance leastconn\n';
const one = sectionOf(TEXT, 'one');
const two = sectionOf(TEXT, 'two');
const three = sectionOf(TEXT, 'three');

describe('what HAProxy refused', () => {
  test('as an option is refused wherever it stands', () => {
    const acceptance = new Acceptance();
    acceptance.remember(add('weight', '1', 'frobnicate'), one, "unknown keyword 'frobnicate'.");
    expect(acceptance.refusalOf(add('weight', '2', 'frobnicate', 'backup'), three)).toContain('frobnicate');
    expect(acceptance.refusalOf(add('weight', '2', 'backup'), one)).toBeUndefined();
  });

  test('because of the balance algorithm is refused in all backends that have it, be it from their defaults', () => {
    const acceptance = new Acceptance();
    const words = 'Backend must use a dynamic load balancing to support dynamic servers.';
    acceptance.remember(add('weight', '1'), one, words);
    expect(acceptance.refusalOf(add('weight', '1', 'backup'), two)).toBe(words);
    expect(acceptance.refusalOf(add('weight', '1'), three)).toBeUndefined();
  });

  test('for another reason is refused for the same words, whatever the weight', () => {
    const acceptance = new Acceptance();
    acceptance.remember(add('weight', '1', 'ssl'), one, "'ssl' : no certificate.");
    expect(acceptance.refusalOf(add('weight', '9', 'ssl'), two)).toBeDefined();
    expect(acceptance.refusalOf(add('weight', '9', 'ssl', 'backup'), two)).toBeUndefined();
  });

  test('is remembered within a bound', () => {
    const acceptance = new Acceptance();
    for (let i = 0; i < 1_001; i += 1) acceptance.remember(add(`w${i}`), one, `unknown keyword 'w${i}'.`);
    expect(acceptance.refusalOf(add('w0'), one)).toBeUndefined();
    expect(acceptance.refusalOf(add('w1'), one)).toBeDefined();
    expect(acceptance.refusalOf(add('w1000'), one)).toBeDefined();
  });
});

describe('the words of a command', () => {
  test('keep their spaces and backslashes', () => {
    expect(stepsOf(add('sni', 'str(a b)', 'x\\y'))[0]?.line).toBe(
      String.raw`add server web/a 10.0.0.1:80 sni str(a\ b) x\\y`,
    );
  });

  test('start an agent check that does not start by itself', () => {
    expect(stepsOf({ kind: 'add', target: { ...target, hasAgent: true }, args: [] }).map(({ line }) => line)).toEqual([
      'add server web/a 10.0.0.1:80',
      'enable agent web/a',
      'set server web/a state ready',
    ]);
  });
});
