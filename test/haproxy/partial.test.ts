import { describe, expect, test } from '@jest/globals';
import { serversWithoutReload } from '../../src/haproxy/partial.js';
import { parseConfig } from '../../src/haproxy/plan/parse-config.js';
import { planOf, type ServerChange } from '../../src/haproxy/plan/plan.js';

const backend = (name: string, ...lines: string[]): string => [`backend ${name}`, ...lines].join('\n  ');
const configOf = (...sections: string[]) => parseConfig(`${sections.join('\n')}\n`);

/** What of the way from one to the other goes without a reload, as `kind backend/server`. */
function partOf(running: readonly string[], next: readonly string[], refused?: string): unknown {
  const before = configOf(...running);
  const accepts = (changes: readonly ServerChange[]): boolean => changes.every((change) => change.backend !== refused);
  const plan = planOf(before, serversWithoutReload(before, configOf(...next), accepts));
  if (plan.kind !== 'runtime') return plan.kind;
  return plan.changes.map(({ kind, backend: of, server }) => `${kind} ${of}/${server.name}`);
}

const A = 'server a 10.0.0.1:80';
const B = 'server b 10.0.0.2:80';

describe('while a reload has to wait', () => {
  test('servers of backends that are there follow, and those of backends to come do not', () => {
    expect(partOf([backend('web', A)], [backend('web', B), backend('db', A)])).toEqual(['add web/b', 'remove web/a']);
  });

  test('what is to go with its backend stays as it is', () => {
    expect(partOf([backend('web', A), backend('db', A)], [backend('web', A, B)])).toEqual(['add web/b']);
  });

  test('servers of a backend whose other lines change follow, too', () => {
    expect(partOf([backend('web', 'mode http', A)], [backend('web', 'mode tcp', A, B)])).toEqual(['add web/b']);
  });

  test('a server that only a reload can change leaves its own backend as it is, and no other', () => {
    expect(
      partOf([backend('web', A), backend('db', A)], [backend('web', `${A} check`, B), backend('db', A, B)]),
    ).toEqual(['add db/b']);
  });

  test('a backend whose changes HAProxy does not take holds up no other', () => {
    const [running, next] = [
      [backend('web', A), backend('db', A)],
      [backend('web', A, B), backend('db', A, B)],
    ];
    expect(partOf(running, next, 'web')).toEqual(['add db/b']);
  });

  test('two backends of one name are left alone', () => {
    expect(partOf([backend('web', A), backend('web', A)], [backend('web', A, B), backend('web', A, B)])).toBe('reload');
  });

  test('without a difference in servers there is nothing to do', () => {
    expect(partOf([backend('web', A)], [backend('web', A), 'frontend x\n  bind :80'])).toBe('nothing');
  });
});
