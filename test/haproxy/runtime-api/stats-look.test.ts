import { describe, expect, test } from '@jest/globals';
import type { Owners } from '../../../src/haproxy/owners.js';
import { StatsLook } from '../../../src/haproxy/runtime-api/stats-look.js';
import { ok, refused, type Result } from '../../../src/lib/result.js';
import { fakeWall, FakeClock } from '../../support/time.js';
import { BACKEND_LINE, FRONTEND_LINE, SERVER_LINE, statsAnswer } from '../support/stats.js';

const OWNERS: Owners = {
  ofProxy: (name) => ({ service: name, servicePort: 1 }),
  ofServer: (service, instance, host) => ({ service, servicePort: 2, host, instance }),
};

/** A look whose questions are answered by `answers`, one after the other. */
function look(...answers: readonly (Result<string, string> | Promise<Result<string, string>>)[]) {
  const clock = new FakeClock();
  const asked: string[] = [];
  const askSocket = (path: string, line: string): Promise<Result<string, string>> => {
    asked.push(`${path}: ${line}`);
    return Promise.resolve(answers[asked.length - 1] ?? refused('nobody answers'));
  };
  const deps = { askSocket, owners: () => OWNERS, clock, wall: fakeWall(clock) };
  return { asked, clock, look: new StatsLook({ socket: '/run/h.sock' }, deps) };
}

describe('a look at what HAProxy counts', () => {
  test('has every frontend, backend and server with its owner, and which process counted', async () => {
    const { asked, clock, look: one } = look(ok(statsAnswer(FRONTEND_LINE, SERVER_LINE, BACKEND_LINE)));
    const figures = one.figures();
    await clock.advance(1);
    expect(await figures).toMatchObject({
      ok: true,
      value: {
        ...{ time: 1_700_000_000_000_000_000n, pid: 4711, uptimeS: 61 },
        frontends: [{ name: 'web-9999', service: 'web-9999', servicePort: 1 }],
        backends: [{ name: 'web-9999', service: 'web-9999', servicePort: 1 }],
        servers: [{ server: 'h1-aa', service: 'web-9999', servicePort: 2, host: '10.79.0.1:10234', instance: 'h1-aa' }],
      },
    });
    expect(asked).toEqual(['/run/h.sock: show info;show stat -1 7 -1']);
  });

  test('leaves turns of the event loop to others, and misses no line', async () => {
    const { clock, look: one } = look(ok(statsAnswer(...Array<string>(1_001).fill(SERVER_LINE))));
    let isThere = false;
    const figures = one.figures().finally(() => (isThere = true));
    await clock.advance(0);
    expect(isThere).toBe(true);
    const seen = await figures;
    expect(seen.ok && seen.value.servers.length).toBe(1_001);
    expect(clock.armed).toBe(0);
  });

  test('is not led astray by what a check showed', async () => {
    const odd = SERVER_LINE.replace('Layer7 check, passed', 'no\n\n# pxname,""svname""');
    const { clock, look: one } = look(ok(statsAnswer(odd, SERVER_LINE)));
    const figures = one.figures();
    await clock.advance(0);
    expect(await figures).toMatchObject({
      value: { servers: [{ check: 'no\n\n# pxname,"svname"' }, { check: 'Layer7 check, passed' }] },
    });
  });

  test('is taken once a second at most, whoever asks, and its answer is the same object', async () => {
    const { asked, clock, look: one } = look(ok(statsAnswer()), refused('ECONNREFUSED'));
    const first = [one.figures(), one.figures()];
    await clock.advance(999);
    expect(await first[0]).toBe(await first[1]);
    expect(await one.figures()).toBe(await first[0]);
    expect(asked).toHaveLength(1);
    await clock.advance(1);
    expect([await one.figures(), asked.length]).toEqual([refused('ECONNREFUSED'), 2]);
    expect([await one.figures(), asked.length]).toEqual([refused('ECONNREFUSED'), 2]);
  });

  test('is not taken a second time while the first has no end', async () => {
    let answer: (said: Result<string, string>) => void = () => undefined;
    const { asked, clock, look: one } = look(new Promise((resolve) => (answer = resolve)));
    void one.figures();
    await clock.advance(5_000);
    const late = one.figures();
    expect(asked).toHaveLength(1);
    answer(refused('no answer within 1000 ms'));
    expect(await late).toEqual(refused('no answer within 1000 ms'));
  });

  test.each([
    ['that was cut off', statsAnswer(FRONTEND_LINE).slice(0, -1)],
    ['with a line that cannot be read', statsAnswer('web,')],
    ['without a header', 'Pid: 1\nVersion: 2.6.12\n\nno\n\n'],
    ['of nobody who says who it is', '\n\n\n\n'],
    ['that is empty', ''],
  ])('is refused for an answer %s', async (_, text) => {
    const { clock, look: one } = look(ok(text));
    const figures = one.figures();
    await clock.advance(1);
    expect((await figures).ok).toBe(false);
  });

  test('does without the time since the start where HAProxy does not tell it', async () => {
    const { clock, look: one } = look(ok(statsAnswer().replace('Uptime_sec: 61\n', '')));
    const figures = one.figures();
    await clock.advance(1);
    expect(await figures).toMatchObject({ value: { pid: 4711, uptimeS: null } });
  });
});
