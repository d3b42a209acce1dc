import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { settingsTable, withSettingsTable } from '../scripts/settings-table.mjs';
import { COMMANDS } from '../src/cli/commands.js';
import { FLAGS } from '../src/config/flags.js';
import { API_FLAGS } from '../src/config/haproxy-api-load.js';
import { API_ROWS } from '../src/config/haproxy-api-table.js';
import { ROWS } from '../src/config/table.js';

const README = readFileSync('README.md', 'utf8');

/** Where the codes of the problem board are: the rooms that speak on it, and the faults that these hand on. */
const SPEAKERS = [
  'src/discovery',
  'src/health',
  'src/haproxy',
  'src/listeners',
  'src/replication',
  'src/service/refusal.ts',
  'src/lib/watched-file.ts',
];

/** The source files at or below a path, each as text. */
function sourcesAt(path: string): string[] {
  if (path.endsWith('.ts')) return [readFileSync(path, 'utf8')];
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.startsWith(SPOKEN_IN_WORDS))
    .map((name) => readFileSync(join(path, name), 'utf8'));
}

/** Rooms most of whose codes never leave them: only the files that speak on the board themselves count. */
const QUIET_ROOMS = ['src/gossip', 'src/store', 'src/follower'];
const speaksItself = (source: string): boolean => source.includes('problems.raise(');

/** What HAProxy's Runtime API did not do becomes the reason of a reload, in words. */
const SPOKEN_IN_WORDS = 'runtime-api';

/** A problem code stands in quotes, in capitals; all but one are of several words. */
function codesIn(source: string): string[] {
  return [...source.matchAll(/'([A-Z]+(?:_[A-Z0-9]+)+|EMPTY)'/g)].map((match) => match[1] ?? '');
}

/** The paths that a route file registers, as the README writes them: `/services/NAME.json`. Refused extensions are no routes. */
function routesIn(source: string): string[] {
  const registered = [...source.matchAll(/router\.(?:get|head|post|put|patch|delete|all)\(\s*(\[[^\]]*\]|'[^']*')/g)];
  return registered
    .flatMap((match) => [...(match[1] ?? '').matchAll(/'([^']*)'/g)].map((path) => path[1] ?? ''))
    .filter((path) => !path.endsWith('.:extension'))
    .map((path) => path.replace(/:([a-z]+)/g, (_, name: string) => name.toUpperCase()));
}

const isMentioned = (word: string): boolean => README.includes(`\`${word}\``);
const unmentioned = (words: readonly string[]): string[] => [...new Set(words)].filter((word) => !isMentioned(word));

describe('the README', () => {
  test('shows every setting as the code has it (node scripts/settings-table.mjs after a build mends it)', () => {
    expect(README).toBe(withSettingsTable(README, settingsTable(ROWS)));
    expect(README).toBe(withSettingsTable(README, settingsTable(API_ROWS), 'haproxy-api settings'));
  });

  test('names every flag and every command', () => {
    const missing = [...FLAGS, ...API_FLAGS]
      .filter(({ name }) => !README.includes(`--${name}`))
      .map(({ name }) => name);
    expect(missing).toEqual([]);
    expect(COMMANDS.map(({ name }) => `sidecar ${name}`).filter((line) => !README.includes(line))).toEqual([]);
  });

  test('explains every problem code', () => {
    const sources = [...SPEAKERS.flatMap(sourcesAt), ...QUIET_ROOMS.flatMap(sourcesAt).filter(speaksItself)];
    const codes = sources.flatMap(codesIn);
    expect(codes).toEqual(expect.arrayContaining(['CONFIG_REJECTED', 'FILE_MISSING', 'ARGS_NOT_UNDERSTOOD', 'EMPTY']));
    expect(codes).toEqual(expect.arrayContaining(['SEEDS_UNREACHABLE', 'GOSSIP_KEYS_UNREADABLE', 'STATE_NOT_KEPT']));
    expect(unmentioned(codes.filter((code) => code !== 'HAPROXY_CONFIG_CANDIDATE'))).toEqual([]);
  });

  test('lists every route', () => {
    const routes = sourcesAt('src/http/routes').flatMap(routesIn);
    expect(routes).toEqual(
      expect.arrayContaining(['/services/NAME.json', '/api/members/NAME/forget', '/health', '/ui/']),
    );
    expect(unmentioned(routes)).toEqual([]);
  });

  test('links to what is there', () => {
    const targets = [...README.matchAll(/\]\(([^)#]+)[^)]*\)/g)].map((match) => match[1] ?? '');
    const broken = targets.filter((target) => !/^https?:/.test(target) && !existsSync(target));
    expect(broken).toEqual([]);
  });
});

describe('the table of settings', () => {
  const row = ROWS.find(({ path }) => path === 'haproxy.bind_ip')!;

  test('keeps a bar inside its cell', () => {
    const odd = { ...row, setting: { ...row.setting, help: 'this | that' } };
    expect(settingsTable([odd])).toContain('this \\| that');
  });

  test("gives v2's default only where it differs", () => {
    expect(settingsTable([row])).toContain('| `""`, v2: `"192.168.168.168"` |');
    expect(settingsTable(ROWS.filter(({ path }) => path === 'http.port'))).toContain('| `7777` |');
  });

  test('refuses a text without its markers', () => {
    expect(() => withSettingsTable('no markers', '')).toThrow('<!-- settings -->');
  });
});
