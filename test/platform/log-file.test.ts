import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { logFile } from '../../src/platform/log-file.js';
import { createLogger } from '../../src/platform/logger.js';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'sidecar-log-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

describe('a log file', () => {
  test('is begun anew, has one line each, and never more bytes than it may', () => {
    const path = join(dir, 'a.log');
    writeFileSync(path, 'of an earlier run\n');
    const file = logFile(path, 20);
    file.write('line 1\n');
    file.write('line 2\n');
    expect(readFileSync(path, 'utf8')).toBe('line 1\nline 2\n');
    file.write('line 3 €\n');
    expect(readFileSync(path, 'utf8')).toBe('line 3 €\n');
  });

  test('that cannot be made is told', () => {
    expect(() => logFile(join(dir, 'none', 'a.log'), 20)).toThrow('ENOENT');
  });

  test.each(['standard', 'json'] as const)('takes what the logger says, as %s', (format) => {
    const path = join(dir, 'a.log');
    const log = createLogger({ level: 'info', format, to: logFile(path, 10_000) });
    log.child('http').info('it listens', { port: 7777 });
    log.debug('not told');
    const lines = readFileSync(path, 'utf8').split('\n');
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(
      format === 'json' ? /^\{.*"msg":"it listens"\}$/ : /INFO: http: it listens \{"port":7777\}$/,
    );
  });
});
