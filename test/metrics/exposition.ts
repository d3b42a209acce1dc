export type FamilyType = 'counter' | 'gauge' | 'histogram';

/** One value of a family, with its labels unescaped. */
export interface Sample {
  /** With the suffix of a histogram's parts. */
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly value: number;
}

/** One family of samples in Prometheus' text format. */
export interface Family {
  readonly type: FamilyType;
  readonly help: string;
  /** By name and labels as they are written. */
  readonly samples: ReadonlyMap<string, Sample>;
}

const HELP = /^# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) ((?:[^\\]|\\[\\n])+)$/;
const TYPE = /^# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram)$/;
/** Without a time of its own: the time is that of the look. */
const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.+)\})? (\S+)$/;
/** `le` belongs to histograms, two underscores at the start to Prometheus itself. */
const LABEL = /^((?!__)[a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\["\\n])*)"(?:,(?=.)|$)/;
const VALUE = /^(?:[+-]?(?:\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|Inf)|NaN)$/;

/**
 * Reads what `/metrics` answers, by the rules of the text format 0.0.4, and takes nothing that a strict reader could refuse.
 *
 * @throws Error at the first that breaks a rule: each line ended by LF alone; each family once, HELP, then TYPE, then its samples;
 * each series once; labels and words escaped; counters that end with `_total` and are not negative, gauges that do not end so;
 * histograms whose buckets rise up to `+Inf`, which is their count, with a sum
 */
export function readExposition(text: string): ReadonlyMap<string, Family> {
  if (!text.endsWith('\n')) throw new Error('the last line has no end');
  const families = new Map<string, { type: FamilyType | undefined; help: string; samples: Map<string, Sample> }>();
  let current = '';
  for (const line of text.split('\n').filter((each) => each !== '')) {
    const broken = (rule: string): Error => new Error(`${rule}: ${line}`);
    if (/\p{Cc}/u.test(line)) throw broken('a control character');
    const [help, described = '', words = ''] = HELP.exec(line) ?? [];
    const [type, typed = '', kind = ''] = TYPE.exec(line) ?? [];
    if (help) {
      if (families.has(described)) throw broken('described twice');
      families.set(described, { type: undefined, help: words, samples: new Map() });
      current = described;
    } else if (type) {
      const family = families.get(typed);
      if (!family || typed !== current || family.type !== undefined) throw broken('TYPE without its HELP before it');
      if ((kind === 'counter') !== typed.endsWith('_total')) throw broken('only counters end with _total');
      family.type = kind as FamilyType;
    } else {
      const family = families.get(current);
      const [whole, name = '', labels = '', value = ''] = SAMPLE.exec(line) ?? [];
      if (!family?.type || whole === undefined) throw broken('no sample of a family');
      const suffix = family.type === 'histogram' ? /_(?:bucket|sum|count)$/ : /$/;
      const isOfFamily = name.replace(suffix, '') === current && (family.type !== 'histogram' || name !== current);
      if (!isOfFamily) throw broken(`in the midst of ${current}`);
      const sample = { name, labels: labelsIn(labels, broken), value: numberIn(value, broken) };
      const isLess = sample.value < 0 || Number.isNaN(sample.value);
      if (family.type !== 'gauge' && isLess && !name.endsWith('_sum')) throw broken('a count that is none');
      if (sample.labels.has('le') !== (family.type === 'histogram' && name.endsWith('_bucket')))
        throw broken('le belongs to buckets');
      const series = seriesOf(sample);
      const isKnown = [...family.samples.values()].some((other) => seriesOf(other) === series);
      if (isKnown) throw broken('told twice');
      family.samples.set(line.slice(0, line.lastIndexOf(' ')), sample);
    }
  }
  const whole = new Map<string, Family>();
  for (const [name, { type, help, samples }] of families) {
    if (!type) throw new Error(`HELP without its TYPE: ${name}`);
    whole.set(name, { type, help, samples });
    if (type === 'histogram') checkHistogram(name, [...samples.values()]);
  }
  return whole;
}

/** All samples of a text, by name and labels as they are written. */
export function samplesIn(text: string): Readonly<Record<string, number>> {
  const samples = [...readExposition(text).values()].flatMap((family) => [...family.samples]);
  return Object.fromEntries(samples.map(([series, { value }]) => [series, value]));
}

/** The whole of a sample but its value: labels in any order make the same series. */
function seriesOf({ name, labels }: Sample, without?: string): string {
  const told = [...labels].filter(([label]) => label !== without).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([name, told]);
}

function labelsIn(text: string, broken: (rule: string) => Error): ReadonlyMap<string, string> {
  const labels = new Map<string, string>();
  for (let rest = text; rest !== '';) {
    const [whole, name = '', value = ''] = LABEL.exec(rest) ?? [];
    if (whole === undefined) throw broken('no label');
    if (labels.has(name)) throw broken('a label told twice');
    labels.set(
      name,
      value.replace(/\\(.)/g, (_, sign: string) => (sign === 'n' ? '\n' : sign)),
    );
    rest = rest.slice(whole.length);
  }
  return labels;
}

function numberIn(text: string, broken: (rule: string) => Error): number {
  if (!VALUE.test(text)) throw broken('not a number');
  return Number(text.replace('Inf', 'Infinity'));
}

function checkHistogram(name: string, samples: readonly Sample[]): void {
  const groups = new Map<string, Sample[]>();
  for (const sample of samples) {
    const labels = seriesOf({ ...sample, name }, 'le');
    groups.set(labels, [...(groups.get(labels) ?? []), sample]);
  }
  for (const group of groups.values()) {
    const broken = (rule: string): Error => new Error(`${rule}: ${name}`);
    const only = (suffix: string): number | undefined => group.find((each) => each.name === `${name}_${suffix}`)?.value;
    const buckets = group.filter((each) => each.name === `${name}_bucket`);
    const bounds = buckets.map(({ labels }) => numberIn(labels.get('le') ?? '', broken));
    const counts = buckets.map(({ value }) => value);
    const rises = (numbers: readonly number[], strictly: boolean): boolean =>
      numbers.every((each, i) => i === 0 || (strictly ? each > numbers[i - 1]! : each >= numbers[i - 1]!));
    if (!rises(bounds, true)) throw broken('bounds that do not rise');
    if (!rises(counts, false)) throw broken('buckets that fall');
    if (bounds.at(-1) !== Infinity) throw broken('no bucket for +Inf');
    if (only('count') !== buckets.at(-1)?.value) throw broken('the count is not that of +Inf');
    if (only('sum') === undefined) throw broken('no sum');
  }
}

/** Names that tell another unit than the base one (https://prometheus.io/docs/practices/naming/). */
const OTHER_UNITS =
  /(?:^|_)(?:ms|milliseconds?|micros|microseconds|minutes?|hours?|kib|kilobytes?|mib|megabytes?|percent)(?:_|$)/;
/** What Prometheus makes of histograms itself. */
const TAKEN_SUFFIX = /_(?:bucket|sum|count)$/;

/** What breaks Prometheus' conventions for names and words in the agent's own families, as sentences. */
export function unconventional(families: ReadonlyMap<string, Family>): readonly string[] {
  return [...families].flatMap(([name, { type, help, samples }]) => {
    const labels = new Set([...samples.values()].flatMap((sample) => [...sample.labels.keys()]));
    const faults: Readonly<Record<string, boolean>> = {
      'is not in snake case': !/^[a-z]+(?:_[a-z0-9]+)*$/.test(name),
      'has a unit that is not the base one': OTHER_UNITS.test(name),
      'has the suffix of a part of a histogram': TAKEN_SUFFIX.test(name),
      'has its type in its name': new RegExp(`_(?:${type}|counter|gauge|histogram|summary)(?:_|$)`).test(name),
      'is a histogram without a unit': type === 'histogram' && !/_(?:seconds|bytes)$/.test(name),
      'has a label that is not in snake case': [...labels].some((label) => !/^[a-z]+(?:_[a-z]+)*$/.test(label)),
      'is described by no sentence': !/^[A-Z].*\.$/.test(help),
    };
    return Object.keys(faults).flatMap((fault) => (faults[fault] ? [`${name} ${fault}`] : []));
  });
}
