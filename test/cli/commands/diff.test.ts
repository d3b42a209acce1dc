import { describe, expect, test } from '@jest/globals';
import type { HttpAnswer } from '../../../src/lib/http-ask.js';
import { answer, sidecar, terminal } from '../agent-double.js';
import { instance, stateOf } from '../state-double.js';

const [FROM, TO] = ['2026-11-23T11:00:00Z', '2026-11-23T11:30:00Z'];
const LINE = `diff ${FROM} ${TO}`;
const at = (catalog: object, text: string | null): HttpAnswer =>
  answer(200, { time: FROM, event: 7, catalog, config: text === null ? null : { digest: text, text } });
const between = (before: HttpAnswer, after: HttpAnswer): Record<string, HttpAnswer> => ({
  [`/api/at?time=${encodeURIComponent(FROM)}`]: before,
  [`/api/at?time=${encodeURIComponent(TO)}`]: after,
});

const BEFORE = stateOf(
  instance(),
  instance({ ID: 'gone', Name: 'api' }),
  instance({ ID: 'dying', Name: 'api', Hostname: 'h2' }),
  instance({ ID: 'same', Hostname: 'h3' }),
);
const AFTER = stateOf(
  instance({ Status: 2, Image: 'web:1.1' }),
  instance({ ID: 'dying', Name: 'api', Hostname: 'h2', Status: 1 }),
  instance({ ID: 'new', Hostname: 'h2' }),
  instance({ ID: 'same', Hostname: 'h3', Updated: '2026-11-23T12:00:00Z' }),
);
const WORLD = between(at(BEFORE, 'global\n\tdaemon\n'), at(AFTER, 'global\n\tdaemon\n\tmaxconn 7\n'));

describe('sidecar diff', () => {
  test('shows which instances came, went and changed, and which lines of haproxy.cfg', async () => {
    const { exitCode, out } = await sidecar(LINE, WORLD);
    expect(exitCode).toBe(0);
    const [title, , ...lines] = out.split('\n');
    expect(title).toBe(`${FROM} to ${TO}: 4 instances of 2 services changed`);
    expect(lines.slice(0, 5)).toEqual([
      '   SERVICE  HOST  ID     CHANGE',
      '-  api      h1    gone   alive 8080->32768 web:1.0',
      '-  api      h2    dying  alive 8080->32768 web:1.0',
      '~  web      h1    aa     alive → unhealthy, web:1.0 → web:1.1',
      '+  web      h2    new    alive 8080->32768 web:1.0',
    ]);
    expect(lines.slice(6, -1)).toEqual([
      `--- haproxy.cfg\t${FROM}`,
      `+++ haproxy.cfg\t${TO}`,
      '@@ -1,2 +1,3 @@',
      ' global',
      ' \tdaemon',
      '+\tmaxconn 7',
    ]);
  });

  test('has the times of the clock on the wall on a terminal, and exact ones for programs', async () => {
    const world = { terminal: terminal(80) };
    expect((await sidecar(LINE, WORLD, {}, {}, world)).out).toMatch(
      /^(\S+ )?\d\d:00:00 to (\S+ )?\d\d:30:00: 4 instances/,
    );
    expect((await sidecar(`${LINE} --json`, WORLD, {}, {}, world)).out).toContain(`--- haproxy.cfg\\t${FROM}`);
  });

  test('shows one of both when asked to', async () => {
    expect((await sidecar(`${LINE} --config`, WORLD)).out).toMatch(/^--- haproxy/);
    expect((await sidecar(`${LINE} --services`, WORLD)).out).not.toContain('haproxy.cfg');
    expect((await sidecar(`${LINE} --services --config`, WORLD)).exitCode).toBe(2);
  });

  test('paints what comes and goes on a terminal, and cuts its lines', async () => {
    const world = { terminal: { ...terminal(20), hasColor: true } };
    const { out } = await sidecar(`${LINE} --config`, WORLD, {}, {}, world);
    expect(out).toContain('\u001b[32m+    maxconn 7\u001b[39m\n');
    expect(out).toMatch(/--- haproxy\.cfg.*…/);
  });

  test('says when nothing differs', async () => {
    const { exitCode, out } = await sidecar(LINE, between(at(AFTER, null), at(AFTER, null)));
    expect([exitCode, out]).toEqual([0, expect.stringMatching(/^nothing differs from .* sidecar history shows/)]);
  });

  test('takes a host without HAProxy for one with an empty configuration', async () => {
    const { out } = await sidecar(`${LINE} --config`, between(at(AFTER, null), at(AFTER, 'global\n')));
    expect(out).toContain('+global');
  });

  test('is one document with --json', async () => {
    const { out } = await sidecar(`${LINE} --json`, WORLD);
    expect(JSON.parse(out)).toMatchObject({
      from: FROM,
      to: TO,
      services: [
        { kind: 'removed', service: 'api', host: 'h1', instance: 'gone' },
        { kind: 'removed' },
        { kind: 'changed', text: 'alive → unhealthy, web:1.0 → web:1.1' },
        { kind: 'added' },
      ],
      config: expect.stringContaining('+\tmaxconn 7'),
    });
  });

  test('shows why there is no answer for a time that is too long ago, and ends with 1', async () => {
    const { exitCode, out } = await sidecar(LINE, between(answer(404, { message: 'it begins later' }), at(AFTER, '')));
    expect([exitCode, out]).toEqual([1, 'it begins later\n']);
  });

  test('needs a time that can be understood', async () => {
    expect((await sidecar('diff')).err).toContain("missing required argument 'FROM'");
    expect((await sidecar('diff 14:00 later')).err).toMatch(/TO: "later" is no time/);
  });
});
