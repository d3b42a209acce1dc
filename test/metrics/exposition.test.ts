import { describe, expect, test } from '@jest/globals';
import { readExposition, samplesIn, unconventional } from './exposition.js';

const GAUGE = '# HELP a Words.\n# TYPE a gauge\n';
const COUNTER = '# HELP a_total Words.\n# TYPE a_total counter\n';
const HISTOGRAM = '# HELP h_seconds Words.\n# TYPE h_seconds histogram\n';

/** A histogram of these lines, each without its family's name. */
const histogram = (...lines: readonly string[]): string =>
  HISTOGRAM + lines.map((line) => `h_seconds_${line}\n`).join('');
const WHOLE = ['bucket{le="0.5"} 1', 'bucket{le="+Inf"} 2', 'sum 3.5', 'count 2'];

describe('the reader of the exposition format', () => {
  test('takes families with their samples, labels unescaped', () => {
    const families = readExposition(`${GAUGE}a{b="\\"\\\\\\n}",c=""} -1.5e+3\na NaN\n\n${COUNTER}`);
    expect([...families.keys()]).toEqual(['a', 'a_total']);
    expect(families.get('a')).toMatchObject({ type: 'gauge', help: 'Words.' });
    const [first, second] = families.get('a')?.samples.values() ?? [];
    expect(first?.value).toBe(-1500);
    expect([...(first?.labels ?? [])]).toEqual([
      ['b', '"\\\n}'],
      ['c', ''],
    ]);
    expect(second?.value).toBeNaN();
  });

  test('takes a histogram that is whole, one for each set of labels', () => {
    expect(samplesIn(histogram(...WHOLE))).toEqual({
      'h_seconds_bucket{le="0.5"}': 1,
      'h_seconds_bucket{le="+Inf"}': 2,
      h_seconds_sum: 3.5,
      h_seconds_count: 2,
    });
    const labelled = ['bucket{a="1",le="+Inf"} 1', 'sum{a="1"} 3', 'count{a="1"} 1'];
    expect(() => readExposition(histogram(...WHOLE, ...labelled))).not.toThrow();
    expect(() => readExposition(histogram(...WHOLE, ...labelled.slice(1)))).toThrow('no bucket for +Inf');
  });

  test.each([
    ['a 1\n', 'no sample of a family'],
    ['# a comment\n', 'no sample of a family'],
    [`${GAUGE}a 1 1700000000000\n`, 'no sample of a family'],
    [`${GAUGE}a  1\n`, 'no sample of a family'],
    [`${GAUGE}a{} 1\n`, 'no sample of a family'],
    [`${GAUGE}a 1\r\n`, 'a control character'],
    [`${GAUGE}a 1\na 2\n`, 'told twice'],
    [`${GAUGE}a{b="1",c="2"} 1\na{c="2",b="1"} 1\n`, 'told twice'],
    [`${GAUGE}b 1\n`, 'in the midst of a'],
    [`${GAUGE}a_sum 1\n`, 'in the midst of a'],
    [`${GAUGE}a one\n`, 'not a number'],
    [`${GAUGE}a 0x10\n`, 'not a number'],
    [`${GAUGE}a Infinity\n`, 'not a number'],
    [`${GAUGE}a{b="1} 1\n`, 'no label'],
    [`${GAUGE}a{b="\\t"} 1\n`, 'no label'],
    [`${GAUGE}a{b="1",} 1\n`, 'no label'],
    [`${GAUGE}a{1b="1"} 1\n`, 'no label'],
    [`${GAUGE}a{__b="1"} 1\n`, 'no label'],
    [`${GAUGE}a{b="1",b="2"} 1\n`, 'a label told twice'],
    [`${GAUGE}a{le="1"} 1\n`, 'le belongs to buckets'],
    [`${GAUGE}${GAUGE}`, 'described twice'],
    [`${GAUGE}a 1\n${COUNTER}a 2\n`, 'in the midst of a_total'],
    ['# HELP a \n', 'no sample of a family'],
    ['# HELP a \\t\n', 'no sample of a family'],
    ['# HELP a Words.\n', 'HELP without its TYPE'],
    ['# HELP a Words.\n# TYPE a counter\n', 'only counters end with _total'],
    ['# HELP a_total Words.\n# TYPE a_total gauge\n', 'only counters end with _total'],
    [`${COUNTER}a_total -1\n`, 'a count that is none'],
    [`${COUNTER}a_total NaN\n`, 'a count that is none'],
    ['# TYPE a gauge\n', 'TYPE without its HELP'],
    [`${GAUGE}# TYPE a gauge\n`, 'TYPE without its HELP'],
    [GAUGE.trimEnd(), 'the last line has no end'],
    [`${HISTOGRAM}h_seconds 1\n`, 'in the midst of h_seconds'],
    [histogram(...WHOLE.slice(0, 1), ...WHOLE.slice(2)), 'no bucket for +Inf'],
    [histogram(...WHOLE.slice(0, 3)), 'the count is not that of +Inf'],
    [histogram(...WHOLE.slice(0, 3), 'count 3'), 'the count is not that of +Inf'],
    [histogram(...WHOLE.slice(0, 2), 'count 2'), 'no sum'],
    [histogram('bucket{le="1"} 0', ...WHOLE), 'bounds that do not rise'],
    [histogram('bucket{le="0.1"} 2', ...WHOLE), 'buckets that fall'],
    [histogram('bucket 2', ...WHOLE), 'le belongs to buckets'],
  ])('refuses %j', (text, rule) => {
    expect(() => readExposition(text)).toThrow(rule);
  });
});

describe('the conventions for figures', () => {
  const family = (name: string, type: string, help = 'Words.'): string =>
    `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`;

  test('are kept by names in base units, described by a sentence', () => {
    const text = family('sidecar_wait_seconds', 'histogram') + family('sidecar_read_bytes_total', 'counter');
    expect(unconventional(readExposition(text))).toEqual([]);
  });

  test.each([
    [family('sidecarWait', 'gauge'), 'is not in snake case'],
    [family('wait_ms', 'gauge'), 'has a unit that is not the base one'],
    [family('wait_milliseconds_total', 'counter'), 'has a unit that is not the base one'],
    [family('service_count', 'gauge'), 'has the suffix of a part of a histogram'],
    [family('service_gauge', 'gauge'), 'has its type in its name'],
    [family('wait', 'histogram'), 'is a histogram without a unit'],
    [`${family('wait', 'gauge')}wait{byHost="1"} 1\n`, 'has a label that is not in snake case'],
    [family('wait', 'gauge', 'words'), 'is described by no sentence'],
  ])('%j breaks one', (text, fault) => {
    expect(unconventional(readExposition(text))).toEqual([expect.stringContaining(fault)]);
  });
});
