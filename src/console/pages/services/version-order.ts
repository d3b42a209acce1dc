const NUMBERED = /^v?(\d+(?:\.\d+)*)(?:-(.+))?$/;
const natural = new Intl.Collator('en', { numeric: true });

/**
 * By their numbers: `1.9` is before `1.10`, and `2.0-rc.1` before `2.0`.
 *
 * @returns as for `sort`; undefined where one of them has no such numbers, as a digest
 */
export function compareVersions(a: string, b: string): number | undefined {
  const [, numbersA, suffixA] = NUMBERED.exec(a) ?? [];
  const [, numbersB, suffixB] = NUMBERED.exec(b) ?? [];
  if (numbersA === undefined || numbersB === undefined) return undefined;
  const byNumbers = natural.compare(numbersA, numbersB);
  if (byNumbers !== 0) return byNumbers;
  if (suffixA === undefined || suffixB === undefined)
    return Number(suffixB !== undefined) - Number(suffixA !== undefined);
  return natural.compare(suffixA, suffixB);
}

/** A version and when its instances were made. */
export interface Dated {
  readonly version: string;
  readonly image: string;
  /** Milliseconds since 1970, by the clocks of their hosts; undefined: it was not told. */
  readonly created: readonly (number | undefined)[];
}

/**
 * From the old one to the new one: by when their instances were made, or by their numbers where that tells nothing.
 *
 * @returns `isSure`: all of one were made before the first of the next, and no number says otherwise. A record that keeps its ID
 *   keeps its time too when its image becomes another one
 */
export function inOrder<V extends Dated>(
  versions: readonly V[],
): { readonly versions: readonly V[]; readonly isSure: boolean } {
  const first = ({ created }: Dated): number => Math.min(...created.map((time) => time ?? Infinity));
  const last = ({ created }: Dated): number => Math.max(...created.map((time) => time ?? Infinity));
  const byAge = [...versions].sort((a, b) => Math.sign(first(a) - first(b)) || (a.image < b.image ? -1 : 1));
  const isTold = pairs(byAge).every(([a, b]) => last(a) < first(b) && last(b) < Infinity);
  if (isTold)
    return {
      versions: byAge,
      isSure: pairs(byAge).every(([a, b]) => (compareVersions(a.version, b.version) ?? 0) <= 0),
    };
  const areNumbered = versions.every(({ version }) => compareVersions(version, version) !== undefined);
  const byNumber = (a: V, b: V): number => compareVersions(a.version, b.version) ?? 0;
  return { versions: areNumbered ? byAge.sort(byNumber) : byAge, isSure: false };
}

const pairs = <V>(list: readonly V[]): readonly (readonly [V, V])[] =>
  list.slice(1).flatMap((each, i) => {
    const before = list[i];
    return before === undefined ? [] : [[before, each] as const];
  });
