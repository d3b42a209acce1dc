import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Config, Section, ServerLine } from '../../../src/haproxy/plan/config.js';
import { parseConfig } from '../../../src/haproxy/plan/parse-config.js';
import { record } from '../../support/records.js';
import { rendered } from '../support/render.js';

const section = (config: Config, kind: string, name = ''): Section => {
  const found = config.sections.find((each) => each.kind === kind && each.name === name);
  if (!found) throw new Error(`no ${kind} ${name}`);
  return found;
};
const backend = (...lines: readonly string[]): Section =>
  section(parseConfig(['backend b', ...lines].join('\n')), 'backend', 'b');
const server = (line: string, ...before: readonly string[]): ServerLine | undefined =>
  [...backend(...before, line).servers.values()][0];

describe('sections', () => {
  test('the built-in template is read as what it says', () => {
    const config = parseConfig(rendered([record()]));
    expect(config.sections.map(({ kind, name }) => `${kind} ${name}`.trim())).toEqual([
      'global',
      'defaults',
      'frontend stats',
      'frontend web-9999',
      'backend web-9999',
    ]);
    expect(section(config, 'frontend', 'web-9999').lines).toEqual([
      'mode http',
      'bind 10.79.0.1:9999',
      'option idle-close-on-response',
      'default_backend web-9999',
    ]);
    expect([...section(config, 'backend', 'web-9999').servers.keys()]).toHaveLength(1);
  });

  test('comments and layout are nothing, quotes are no part of a word', () => {
    const { sections } = parseConfig('"back"end  \'b\' # x\n\n   # y\n\tmode   "http"\t# z\n');
    expect(sections).toMatchObject([{ kind: 'backend', name: 'b', lines: ['mode http'], mode: 'http' }]);
  });

  test('a line that only begins like a section is none', () => {
    const { sections } = parseConfig('frontend f\n default_backend b\n backend-x\n "backen" d\n');
    expect(sections.map(({ kind }) => kind)).toEqual(['frontend']);
    expect(sections[0]?.lines).toEqual(['default_backend b', 'backend-x', 'backen d']);
  });

  test('lines before the first section are one of their own, unless they are comments', () => {
    expect(parseConfig('# x\n\nglobal\n').sections).toHaveLength(1);
    expect(parseConfig('.notice x\nglobal\n').sections[0]).toMatchObject({ kind: '', name: '', lines: ['.notice x'] });
  });

  test('what a carriage return hides begins no section', () => {
    expect(parseConfig('backend a\n mode tcp\rbackend b\n').sections.map(({ lines }) => lines)).toEqual([['mode tcp']]);
  });

  test('`server` lines of other sections are lines like any other', () => {
    const { sections } = parseConfig('peers p\n server a 10.0.0.1:80\nring r\n server b 10.0.0.1:80\n');
    expect(sections.map(({ lines, servers }) => [lines, servers.size])).toEqual([
      [['server a 10.0.0.1:80'], 0],
      [['server b 10.0.0.1:80'], 0],
    ]);
  });

  test('defaults act on the proxies below, until the next; `from` names others, and they inherit among themselves', () => {
    const config = parseConfig(
      [
        'backend before',
        'defaults base',
        ' mode http',
        ' cookie X insert',
        ' default-server weight 30 check',
        'backend first',
        'resolvers r',
        'defaults other from base',
        ' default-server weight 50',
        'backend second',
        'defaults',
        'backend third',
        ' default-server inter 3s',
        'listen fourth from other',
        'frontend lost from nowhere',
      ].join('\n'),
    );
    const facts = ({ mode, hasCookie, defaultServer, defaults }: Section): unknown => [
      mode,
      hasCookie,
      defaultServer.join(' '),
      defaults?.name,
    ];
    expect(facts(section(config, 'backend', 'before'))).toEqual(['tcp', false, '', undefined]);
    expect(facts(section(config, 'backend', 'first'))).toEqual(['http', true, 'weight 30 check', 'base']);
    expect(facts(section(config, 'resolvers', 'r'))).toEqual(['tcp', false, '', undefined]);
    expect(facts(section(config, 'backend', 'second'))).toEqual(['http', true, 'weight 30 check weight 50', 'other']);
    expect(facts(section(config, 'backend', 'third'))).toEqual(['tcp', false, 'inter 3s', '']);
    expect(facts(section(config, 'listen', 'fourth'))).toEqual(['http', true, 'weight 30 check weight 50', 'other']);
    expect(facts(section(config, 'frontend', 'lost'))).toEqual(['tcp', false, '', undefined]);
  });
});

describe('servers', () => {
  test.each<[string, Partial<ServerLine>]>([
    ['server a 10.0.0.1:80', { name: 'a', host: '10.0.0.1', port: 80, weight: 1, disabled: false, args: [] }],
    ['server a [::1]:80', { host: '::1', port: 80 }],
    ['server a ::1:80', { host: '::1', port: 80 }],
    ['server a [::1]', { host: '::1', port: undefined }],
    ['server a 10.0.0.1', { host: '10.0.0.1', port: undefined }],
    ['server a db.local:5432', { host: 'db.local', port: 5432 }],
    ['server a 10.0.0.1:+80', { host: '10.0.0.1:+80', port: undefined }],
    ['server a 10.0.0.1:99999', { host: '10.0.0.1:99999', port: undefined }],
    ['server a unix@/run/x.sock', { host: 'unix@/run/x.sock', port: undefined }],
    ['server a 10.0.0.1:80 check weight 5 inter 2s', { weight: 5, args: ['check', 'inter', '2s'] }],
    ['server a 10.0.0.1:80 weight 5 weight 0', { weight: 0, args: [] }],
    ['server a 10.0.0.1:80 weight 256', { weight: 256 }],
    ['server a 10.0.0.1:80 weight 257', { weight: 1, args: ['weight', '257'] }],
    ['server a 10.0.0.1:80 disabled check', { disabled: true, args: ['check'] }],
    ['server a 10.0.0.1:80 disabled enabled', { disabled: false, args: [] }],
    ['server a 10.0.0.1:80 cookie disabled check', { disabled: false, args: ['cookie', 'disabled', 'check'] }],
    ['server a 10.0.0.1:80 cookie weight no-backup weight 7', { weight: 7, args: ['cookie', 'weight', 'no-backup'] }],
  ])('%s', (line, expected) => expect(server(line)).toMatchObject(expected));

  test('what a line does not say, `default-server` does', () => {
    const before = ' default-server weight 9 disabled check';
    expect(server(' server a 10.0.0.1:80', before)).toMatchObject({ weight: 9, disabled: true, args: [] });
    expect(server(' server a 10.0.0.1:80 weight 2 enabled', before)).toMatchObject({ weight: 2, disabled: false });
  });

  test.each<[string, readonly string[]]>([
    ['stand in a condition', ['.if defined(X)', 'server a 10.0.0.1:80', '.endif']],
    ['have defaults in a condition', ['.if defined(X)', 'default-server check', '.endif', 'server a 10.0.0.1:80']],
    ['have a default below them', ['server a 10.0.0.1:80', 'default-server check']],
    ['have one name twice', ['server a 10.0.0.1:80', 'server a 10.0.0.2:80']],
    ['have no address', ['server a']],
    ['have a variable', ['server a 10.0.0.1:80 weight "$W"']],
    ['have a word with a blank', ['server a 10.0.0.1:80 cookie "a b"']],
    ['have a word that would end a command', ['server a 10.0.0.1:80 cookie x;quit']],
    ['have a name that is none', ['server a/b 10.0.0.1:80']],
    ['have a default that would end a command', ['default-server cookie x;quit', 'server a 10.0.0.1:80']],
  ])('are lines like any other where they %s', (_what, lines) => {
    const { hasFixedServers, servers, lines: seen } = backend(...lines);
    expect(hasFixedServers).toBe(true);
    expect(servers.size).toBe(0);
    expect(seen).toHaveLength(lines.length);
  });

  test.each<[string, string]>([
    ['the condition began before', '.if defined(X)\nbackend b\n server a 10.0.0.1:80\n.endif\n'],
    [
      'their defaults are conditional',
      '.if defined(X)\ndefaults\n retries 3\n.endif\nbackend b\n server a 10.0.0.1:80\n',
    ],
    [
      'their defaults have a conditional cookie',
      'defaults\n.if defined(X)\n cookie X insert\n.endif\nbackend b\n server a 10.0.0.1:80\n',
    ],
    ['the backend has a name that is none', 'backend b;x\n server a 10.0.0.1:80\n'],
  ])('are lines like any other, too, where %s', (_what, text) => {
    expect(parseConfig(text).sections.at(-1)).toMatchObject({ hasFixedServers: true, servers: new Map() });
  });

  test('a condition over other lines does not concern them', () => {
    const { hasFixedServers, servers } = backend('.if defined(X)', 'option httplog', '.endif', 'server a 10.0.0.1:80');
    expect([hasFixedServers, servers.size]).toEqual([false, 1]);
  });
});

describe('reading a text after another', () => {
  const text = (retries: number, ...servers: readonly string[]): string =>
    `global\n maxconn 9\ndefaults\n retries ${retries}\nfrontend f\n bind :80\nbackend b\n${servers.map((s) => ` server ${s}\n`).join('')}`;

  test('sections that did not change are the same objects', () => {
    const before = parseConfig(text(3, 'a 10.0.0.1:80'));
    const after = parseConfig(text(3, 'a 10.0.0.2:80'), before);
    expect(after.sections.map((each, i) => each === before.sections[i])).toEqual([true, true, true, false]);
  });

  test('a proxy whose defaults changed is read again', () => {
    const before = parseConfig(text(3, 'a 10.0.0.1:80'));
    const after = parseConfig(text(4, 'a 10.0.0.1:80'), before);
    expect(after.sections.map((each, i) => each === before.sections[i])).toEqual([true, false, false, false]);
    expect(after.sections[3]?.defaults).toBe(after.sections[1]);
  });

  test('a section that came into a condition is read again', () => {
    const before = parseConfig('global\n\nbackend b\n server a 10.0.0.1:80\n');
    const after = parseConfig('global\n.if defined(X)\nbackend b\n server a 10.0.0.1:80\n', before);
    expect(after.sections[1]?.hasFixedServers).toBe(true);
  });

  const lines = fc.constantFrom(
    'backend b',
    'backend c from d',
    'defaults',
    'defaults d',
    'frontend f',
    'server a 10.0.0.1:80',
    'server b 10.0.0.1:80 check',
    'default-server weight 3',
    '.if defined(X)',
    '.endif',
    'mode http',
    '"x',
    'global',
    '# c',
  );
  const config = fc.array(lines, { maxLength: 14 }).map((all) => all.join('\n'));

  test('it reads the same as without the other', () => {
    fc.assert(
      fc.property(config, config, (a, b) => {
        expect(parseConfig(b, parseConfig(a))).toEqual(parseConfig(b));
      }),
    );
  });

  test('every text can be read', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.nat({ max: 0xffff }).map((code) => String.fromCharCode(code)) }),
        (any) => void parseConfig(any),
      ),
    );
  });

  test('no text is lost between the sections', () => {
    fc.assert(
      fc.property(config, (all) => {
        const text = `global\n${all}`;
        expect(
          parseConfig(text)
            .sections.map((each) => each.text)
            .join(''),
        ).toBe(text);
      }),
    );
  });
});
