import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { settingsTable, withSettingsTable } from '../scripts/settings-table.mjs';
import { COMMANDS } from '../src/cli/commands.js';
import { FLAGS } from '../src/config/flags.js';
import { API_FLAGS } from '../src/config/haproxy-api-load.js';
import { API_ROWS } from '../src/config/haproxy-api-table.js';
import { ROWS } from '../src/config/table.js';

const README = readFileSync('README.md', 'utf8');
const CODES = readFileSync('docs/problem-codes.md', 'utf8');

/** Every page for people, by its path. */
const PAGES: ReadonlyMap<string, string> = new Map(
  ['README.md', 'CHANGELOG.md', 'haproxy/README.md', ...pagesBelow('docs'), ...pagesBelow('src')].map((path) => [
    path,
    readFileSync(path, 'utf8'),
  ]),
);

function pagesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name));
}

/** The places of a page that a link may name, as GitHub makes them of its headings. */
function anchorsOf(page: string): readonly string[] {
  const prose = page.replaceAll(/^```.*?^```/gms, '');
  return [...prose.matchAll(/^#+ (.*)$/gm)].map((match) =>
    (match[1] ?? '')
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
}

/** The links of a page that lead nowhere. */
function brokenLinks(from: string, page: string): string[] {
  return [...page.matchAll(/\]\(([^)\s]+)\)/g)]
    .map((match) => match[1] ?? '')
    .filter((target) => {
      const [path = '', anchor] = target.split('#');
      const to = path === '' ? from : relative('.', join(dirname(from), path));
      if (/^https?:/.test(target)) return false;
      if (!existsSync(to)) return true;
      return anchor !== undefined && !anchorsOf(PAGES.get(to) ?? '').includes(anchor);
    })
    .map((target) => `${from}: ${target}`);
}

/** Where the codes of the problem board are: the rooms that speak on it, and the faults that these hand on. */
const SPEAKERS = [
  'src/discovery',
  'src/health',
  'src/http/tls-files.ts',
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
const QUIET_ROOMS = ['src/gossip', 'src/store', 'src/journal', 'src/follower', 'src/metrics'];
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
    .map((path) => path.replace(/[:*]([a-z]+)/g, (_, name: string) => name.toUpperCase()));
}

const unmentioned = (words: readonly string[], page: string): string[] =>
  [...new Set(words)].filter((word) => !page.includes(`\`${word}\``));

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

  test('lists every route', () => {
    const routes = sourcesAt('src/http/routes').flatMap(routesIn);
    expect(routes).toEqual(
      expect.arrayContaining(['/services/NAME.json', '/api/members/NAME/forget', '/health', '/ui/']),
    );
    expect(unmentioned(routes, README)).toEqual([]);
  });
});

describe('the pages', () => {
  test('explain every problem code', () => {
    const sources = [...SPEAKERS.flatMap(sourcesAt), ...QUIET_ROOMS.flatMap(sourcesAt).filter(speaksItself)];
    const codes = sources.flatMap(codesIn);
    expect(codes).toEqual(expect.arrayContaining(['CONFIG_REJECTED', 'FILE_MISSING', 'ARGS_NOT_UNDERSTOOD', 'EMPTY']));
    expect(codes).toEqual(expect.arrayContaining(['SEEDS_UNREACHABLE', 'GOSSIP_KEYS_UNREADABLE', 'STATE_NOT_KEPT']));
    expect(unmentioned(codes, CODES).filter((word) => word !== 'HAPROXY_CONFIG_CANDIDATE')).toEqual([]);
  });

  test('link to what is there', () => {
    expect([...PAGES].flatMap(([path, page]) => brokenLinks(path, page))).toEqual([]);
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
