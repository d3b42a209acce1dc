import { describe, expect, test } from '@jest/globals';
import { parseServerStats, ServerLook } from '../../../src/haproxy/runtime-api/server-look.js';
import { ok, refused, type Result } from '../../../src/lib/result.js';
import { FakeClock } from '../../support/time.js';

const HEADER = '# pxname,svname,qcur,status,weight,check_desc,last_chk,';
const STATS = `${HEADER}\nweb-80,h1-a,0,UP,100,"Layer7 check, passed","a ""word""",\nweb-80,h1-b,0,MAINT (via x/y),0,,,\n\n`;

describe('the servers of a running HAProxy', () => {
  test('are read by the names of the columns, with texts that have commas', () => {
    expect(parseServerStats(STATS)).toEqual(
      ok([
        { backend: 'web-80', server: 'h1-a', status: 'UP', weight: 100, check: 'Layer7 check, passed' },
        { backend: 'web-80', server: 'h1-b', status: 'MAINT (via x/y)', weight: 0, check: '' },
      ]),
    );
  });

  test.each(['', 'Permission denied', '# pxname,svname,'])('an answer that is none is refused: %j', (text) => {
    expect(parseServerStats(text).ok).toBe(false);
  });

  test('are asked for once a second at most, whoever asks, and one question at a time', async () => {
    const clock = new FakeClock();
    const answers: ((answer: Result<string, string>) => void)[] = [];
    const askSocket = () => new Promise<Result<string, string>>((resolve) => answers.push(resolve));
    const look = new ServerLook({ socket: '/run/h.sock' }, { askSocket, clock });
    const runs = {};
    const asked = [look.servers(runs), look.servers(runs)];
    answers[0]?.(ok(STATS));
    expect((await Promise.all(asked)).map(({ ok }) => ok)).toEqual([true, true]);
    await clock.advance(999);
    void look.servers(runs);
    expect(answers).toHaveLength(1);
    await clock.advance(1);
    const again = look.servers(runs);
    answers[1]?.(refused('ECONNREFUSED'));
    expect([answers.length, await again]).toEqual([2, refused('ECONNREFUSED')]);
  });

  test('are asked for anew once HAProxy runs something else', () => {
    let asked = 0;
    const askSocket = () => {
      asked += 1;
      return Promise.resolve(ok(STATS));
    };
    const look = new ServerLook({ socket: '/run/h.sock' }, { askSocket, clock: new FakeClock() });
    for (const runs of [{}, {}, undefined]) for (let n = 0; n < 2; n += 1) void look.servers(runs);
    expect(asked).toBe(3);
  });
});
