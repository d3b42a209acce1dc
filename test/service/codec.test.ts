import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { serviceText } from '../../src/service/codec.js';
import { compareBytes, goString } from '../../src/service/go-json.js';
import { parseTimestamp } from '../../src/service/timestamp.js';
import { record } from '../support/records.js';

const time = (text: string): bigint => {
  const parsed = parseTimestamp(text);
  if (!parsed.ok) throw new Error(`not a time: ${text}`);
  return parsed.value;
};

describe('records as JSON', () => {
  test('have the bytes of the captured state', () => {
    const state = readFileSync('test/fixtures/contract/api/state.json', 'utf8');
    const captured = /\{"ID":"369d39b6ab72".*?"Status":0\}/.exec(state)?.[0] ?? '';
    const { Created, Updated } = JSON.parse(captured) as { Created: string; Updated: string };
    const service = record({
      id: '369d39b6ab72',
      image: 'registry.example/web:1.2.4',
      created: time(Created),
      hostname: 'h2',
      ports: [{ type: 'tcp', port: 10234, servicePort: 9999, ip: '10.79.0.2' }],
      updated: time(Updated),
    });
    expect(serviceText(service)).toBe(captured);
  });

  test('keep the difference between no list of ports and an empty one', () => {
    expect(serviceText(record({ ports: null }))).toContain('"Ports":null,');
    expect(serviceText(record({ ports: [] }))).toContain('"Ports":[],');
  });
});

describe('strings', () => {
  test.each([
    ['a"b\\c', '"a\\"b\\\\c"'],
    ['\n\r\t\b\f\u0001', '"\\n\\r\\u0009\\u0008\\u000c\\u0001"'],
    ['<&>', '"\\u003c\\u0026\\u003e"'],
    ['\u2028\u2029/\u007fé€', '"\\u2028\\u2029/\u007fé€"'],
    ['\\t\\\\b', '"\\\\t\\\\\\\\b"'],
  ])('%j is escaped as Go does', (text, json) => {
    expect(goString(text)).toBe(json);
    expect(JSON.parse(json)).toBe(text);
  });

  test('sort by their bytes, also beyond the basic plane', () => {
    expect(['\u{1f600}', '\uffee', 'b', 'B', 'ab'].sort(compareBytes)).toEqual(['B', 'ab', 'b', '\uffee', '\u{1f600}']);
  });
});
