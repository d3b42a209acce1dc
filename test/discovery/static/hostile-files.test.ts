import { describe, expect, test } from '@jest/globals';
import { MAX_FILE_BYTES, parseStaticFile } from '../../../src/discovery/static/static-file.js';

const facts = { hostname: 'h1', publishedAddress: '10.0.0.1', ownPorts: new Map<number, string>(), nowNs: 1n };

/** As many of `unit` as the file may hold beside `others`. */
const fill = (unit: string, others = 100): string => unit.repeat(Math.floor((MAX_FILE_BYTES - others) / unit.length));
const named = (members: string): string => `[{"Service":{"Name":"a",${members}}}]`;

/** Files of the allowed length, each made to hurt a reader in its own way; what is said of them. */
const HOSTILE: readonly (readonly [what: string, text: string, said: string])[] = [
  ['escapes in a string that nothing closes', `["${fill('\\n')}`, 'JSON_TRUNCATED'],
  ['escapes in a string before a fault', `["${fill('\\n')}" x]`, 'JSON_SYNTAX'],
  ['code points in a string before a fault', `["${fill('\\u00e9')}",]`, 'JSON_SYNTAX'],
  ['a wrong escape at the end of many', `["${fill('\\\\')}\\x"]`, 'JSON_SYNTAX'],
  ['plain text before a fault', `["${fill('x')}",]`, 'JSON_SYNTAX'],
  ['white space before a fault', `${fill(' \n')}x`, 'JSON_SYNTAX'],
  ['lines before a fault', `[1${fill('\n')}2]`, 'JSON_SYNTAX'],
  ['one number', `[${fill('1')}]`, 'JSON_SYNTAX'],
  ['one number with many points', `[1${fill('.1')}]`, 'JSON_SYNTAX'],
  ['brackets that nothing closes', fill('['), 'JSON_TOO_DEEP'],
  [
    'brackets that are all closed',
    `${'['.repeat(MAX_FILE_BYTES / 2)}${']'.repeat(MAX_FILE_BYTES / 2)}`,
    'JSON_TOO_DEEP',
  ],
  ['objects in objects', fill('{"a":'), 'JSON_TOO_DEEP'],
  ['empty targets', `[${fill('{},')}{}]`, 'TOO_MANY_VALUES'],
  ['commas', `[${fill('0,')}0]`, 'TOO_MANY_VALUES'],
  ['members', `[{${fill('"":0,')}"":0}]`, 'TOO_MANY_VALUES'],
  ['targets within the number of values', `[${'[],'.repeat(900_000)}0]`, 'TOO_MANY_TARGETS'],
  ['targets that are all refused', `[${'0,'.repeat(9_999)}0]`, '0: TARGET_NOT_AN_OBJECT'],
  ['ports', named(`"Ports":[${'{},'.repeat(900_000)}{}]`), '0: TOO_MANY_PORTS'],
  ['ports that are none', named(`"Ports":[${'0,'.repeat(900_000)}0]`), '0: TOO_MANY_PORTS'],
  ['a name', named(`"Name":"${fill('n')}"`), '0: NAME_TOO_LONG'],
  ['a duration', `[{"HealthCheckInterval":"${fill('1h')}"}]`, '0: INTERVAL_INVALID'],
  ['check arguments', `[{"Check":{"Type":"Tcp","Args":"${fill('{{')}"}}]`, '0: CHECK_ARGS_TOO_LONG'],
];

describe('a hostile file of 16 MiB', () => {
  test.each(HOSTILE)('%s: it is refused, in seconds at most', (_what, text, said) => {
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(MAX_FILE_BYTES);
    const read = parseStaticFile(text, facts);
    const heard = read.ok ? read.value.refused.map(({ code, index }) => `${index}: ${code}`) : [read.fault.code];
    expect(heard[0]).toBe(said);
    for (const message of read.ok ? read.value.refused.map((one) => one.message) : [read.fault.message])
      expect(message.length).toBeLessThan(500);
  });
});
