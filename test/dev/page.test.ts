import { describe, expect, test } from '@jest/globals';
import type { Row } from '../../src/dev/overview.js';
import { newsOf } from '../../src/dev/news.js';
import { pageOf, type Overview } from '../../src/dev/page.js';

const WINDOW = { columns: 80, rows: 24, hasColor: false };
const row = (overrides: Partial<Row> = {}): Row => ({
  service: 'web',
  address: 'http://127.0.0.1:8080',
  alive: 2,
  total: 2,
  state: 'ready',
  isBorrowed: false,
  note: '',
  ...overrides,
});
const overview = (overrides: Partial<Overview> = {}): Overview => ({
  found: [{ what: 'Docker', text: 'answers at unix:///var/run/docker.sock' }],
  rows: [row()],
  problems: [],
  isSettled: true,
  ...overrides,
});
const FAILING = row({
  service: 'db',
  alive: 0,
  total: 1,
  state: 'failing',
  note: `its check fails: ${'no '.repeat(40)}`,
});

describe('the page', () => {
  test('has what was found, a table, and below it what is to be done', () => {
    const lines = pageOf(
      overview({ rows: [FAILING, row({ isBorrowed: true })], problems: ['static.json is broken'] }),
      WINDOW,
    );
    expect(lines.slice(0, 7)).toEqual([
      'sidecar dev  services on this machine; Ctrl-C ends it',
      '',
      'Docker   answers at unix:///var/run/docker.sock',
      '',
      'SERVICE  ADDRESS                INSTANCES  STATE',
      'db       http://127.0.0.1:8080  0 of 1     failing',
      'web      http://127.0.0.1:8080  2 of 2     ready, borrowed',
    ]);
    expect(lines.find((line) => line.startsWith('db: its check fails'))).toBeDefined();
    expect(lines.at(-1)).toBe('static.json is broken');
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
  });

  test('shows how a first service is started, but not before everything was looked at', () => {
    const hint = '    --label ServiceName=web --label ServicePort_80=8080 nginx';
    expect(pageOf(overview({ rows: [] }), WINDOW)).toContain(hint);
    expect(pageOf(overview({ rows: [], isSettled: false }), WINDOW)).not.toContain(hint);
  });

  test('of a list that is longer than the window the end is left out, and not what is to be done about the own services', () => {
    const borrowed = Array.from({ length: 50 }, (_, i) => row({ service: `s${i}`, isBorrowed: true }));
    const lines = pageOf(overview({ rows: [FAILING, ...borrowed] }), WINDOW);
    expect(lines).toHaveLength(24);
    expect(lines.slice(-5)).toEqual([
      expect.stringMatching(/^s\d+ .*borrowed$/),
      '… and 36 more, which sidecar ls lists',
      '',
      expect.stringMatching(/^db: its check fails/),
      expect.stringContaining('no no'),
    ]);
    const notes = pageOf(overview({ rows: borrowed.map((each) => ({ ...each, note: 'no' })) }), WINDOW);
    expect(notes.findIndex((line) => line.startsWith('s0: no'))).toBe(4 + 8 + 1);
  });

  test('what a container is called cannot command the terminal', () => {
    const evil = row({ service: 'a\u001b[2Jb', note: 'c\u001b[2Jd' });
    expect(pageOf(overview({ rows: [evil] }), WINDOW).join('\n')).not.toContain('\u001b');
    expect(newsOf(undefined, overview({ rows: [evil] })).join('\n')).not.toContain('\u001b');
  });
});

describe('the news', () => {
  test('begin with everything, and with a hint while there is no service', () => {
    expect(newsOf(undefined, overview())).toEqual([
      'Docker: answers at unix:///var/run/docker.sock',
      'web at http://127.0.0.1:8080: ready (2 of 2 instances)',
    ]);
    expect(newsOf(undefined, overview({ rows: [] })).at(-1)).toContain('--label ServicePort_80=8080');
  });

  test('are one line for each thing that differs, and none when nothing does', () => {
    expect(newsOf(overview(), overview())).toEqual([]);
    const after = overview({
      found: [{ what: 'Docker', text: 'does not run' }],
      rows: [row({ alive: 1, note: 'its check fails' }), row({ service: 'api', isBorrowed: true })],
      problems: ['static.json is broken'],
    });
    const news = [
      'Docker: does not run',
      'web at http://127.0.0.1:8080: ready (1 of 2 instances); its check fails',
      'api at http://127.0.0.1:8080: ready, borrowed (2 of 2 instances)',
      'static.json is broken',
    ];
    expect(newsOf(overview(), after)).toEqual(news);
    expect(newsOf(after, overview()).slice(2)).toEqual([
      'api at http://127.0.0.1:8080 is gone',
      'over: static.json is broken',
    ]);
  });
});
