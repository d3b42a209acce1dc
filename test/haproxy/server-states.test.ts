import { describe, expect, test } from '@jest/globals';
import { parseConfig } from '../../src/haproxy/plan/parse-config.js';
import { ServerStates } from '../../src/haproxy/server-states.js';
import { ok, refused, type Result } from '../../src/lib/result.js';
import { FilesDouble } from './support/room.js';
import { silentLogger } from './support/silent-logger.js';

const FILE = '/etc/.haproxy.cfg.states';
const CONFIG = parseConfig('backend web\n  server a 10.0.0.1:80 check\n');
const HEADER =
  '# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_iweight srv_time_since_last_change ' +
  'srv_check_status srv_check_result srv_check_health srv_check_state srv_agent_state bk_f_forced_id srv_f_forced_id srv_fqdn srv_port';
const DOWN = `1\n${HEADER}\n3 web 1 a 10.0.0.1 0 0 100 1 5 8 2 0 6 0 0 0 - 80 - 0 0 - - 0\n`;

function states(runtimeSocket = '/run/s.sock') {
  const files = new FilesDouble();
  const asked: string[] = [];
  const answer: { said: Result<string, string> } = { said: ok(DOWN) };
  const askSocket = (_: string, line: string): Promise<Result<string, string>> => {
    asked.push(line);
    return Promise.resolve(answer.said);
  };
  const kept = new ServerStates(
    { configFile: '/etc/haproxy.cfg', runtimeSocket },
    { files, askSocket, log: silentLogger },
  );
  return { kept, files, asked, answer };
}

describe('the file of states', () => {
  test('is there before the first configuration names it, and one of an earlier agent is kept', async () => {
    const { kept, files } = states();
    expect(kept.path).toBe('');
    await kept.prepare();
    expect([kept.path, files.texts.get(FILE)?.split('\n')[0]]).toEqual([FILE, '1']);
    files.texts.set(FILE, 'of before');
    await kept.prepare();
    expect(files.texts.get(FILE)).toBe('of before');
  });

  test('holds what the running HAProxy found down', async () => {
    const { kept, files, asked } = states();
    await kept.prepare();
    await kept.save(CONFIG);
    expect(asked).toEqual(['show servers state']);
    expect(files.texts.get(FILE)).toContain(' web 1 a - 0 ');
  });

  test('is emptied when HAProxy does not answer: old verdicts are worse than none', async () => {
    const { kept, files, answer } = states();
    await kept.prepare();
    await kept.save(CONFIG);
    answer.said = refused('ENOENT');
    await kept.save(CONFIG);
    expect(files.texts.get(FILE)).not.toContain(' web ');
  });

  test('that cannot be made is not named, nor is one where there is nobody to ask', async () => {
    const full = states();
    full.files.refusal = 'EROFS';
    await full.kept.prepare();
    const mute = states('');
    await mute.kept.prepare();
    for (const { kept, files, asked } of [full, mute]) {
      await kept.save(CONFIG);
      expect([kept.path, files.texts.size, asked]).toEqual(['', 0, []]);
    }
  });

  test('that cannot be written this time keeps nobody from reloading', async () => {
    const { kept, files } = states();
    await kept.prepare();
    files.refusal = 'ENOSPC';
    await expect(kept.save(CONFIG)).resolves.toBeUndefined();
    expect(kept.path).toBe(FILE);
  });
});
