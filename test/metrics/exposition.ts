/** One family of samples in Prometheus' text format. */
export interface Family {
  readonly type: string;
  readonly help: string;
  /** By name and labels as they are written. */
  readonly samples: ReadonlyMap<string, number>;
}

const SAMPLE = /^([a-z_:]+)(?:\{([a-z_]+="(?:[^"\\\n]|\\["\\n])*"(?:,[a-z_]+="(?:[^"\\\n]|\\["\\n])*")*)\})? (\S+)$/;

/**
 * Reads what `/metrics` answers, and takes nothing that a strict reader could refuse.
 *
 * @throws Error at the first line that breaks a rule: HELP, then TYPE, then samples of that family, each name and each sample once,
 * counters that end with `_total`, gauges that do not
 */
export function readExposition(text: string): ReadonlyMap<string, Family> {
  if (!text.endsWith('\n')) throw new Error('the last line has no end');
  const families = new Map<string, { type: string; help: string; samples: Map<string, number> }>();
  let current = '';
  for (const line of text.split('\n').filter((each) => each !== '')) {
    const broken = (rule: string): Error => new Error(`${rule}: ${line}`);
    const [, help, described = '', words = ''] = /^# (HELP) ([a-z_:]+) (.+)$/.exec(line) ?? [];
    const [, type, typed = '', kind = ''] = /^# (TYPE) ([a-z_:]+) (counter|gauge|histogram)$/.exec(line) ?? [];
    if (help) {
      if (families.has(described)) throw broken('described twice');
      families.set(described, { type: '', help: words, samples: new Map() });
      current = described;
    } else if (type) {
      const family = families.get(typed);
      if (typed !== current || family?.type !== '') throw broken('TYPE without its HELP before it');
      if ((kind === 'counter') !== typed.endsWith('_total')) throw broken('only counters end with _total');
      family.type = kind;
    } else {
      const [, name = '', labels = '', value = ''] = SAMPLE.exec(line) ?? [];
      const family = families.get(current);
      if (!family?.type || name === '') throw broken('no sample of a family');
      const suffix = family.type === 'histogram' ? /_(?:bucket|sum|count)$/ : /$/;
      if (name.replace(suffix, '') !== current) throw broken(`in the midst of ${current}`);
      const sample = labels === '' ? name : `${name}{${labels}}`;
      if (family.samples.has(sample)) throw broken('told twice');
      if (Number.isNaN(Number(value))) throw broken('not a number');
      family.samples.set(sample, Number(value));
    }
  }
  return families;
}

/** All samples of a text, by name and labels. */
export function samplesIn(text: string): Readonly<Record<string, number>> {
  return Object.fromEntries([...readExposition(text).values()].flatMap(({ samples }) => [...samples]));
}
