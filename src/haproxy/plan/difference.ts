const MAX_WORDS = 3;

/**
 * Names what stands in only one of two lists of lines, or at another place in them, by the first words of these lines: the
 * first three, then `…`. Empty when the lists are equal.
 */
export function differenceOf(before: readonly string[], after: readonly string[]): string {
  if (before.length === after.length && before.every((line, i) => line === after[i])) return '';
  const known = new Set(before);
  const kept = new Set(after);
  const lines = [...before.filter((line) => !kept.has(line)), ...after.filter((line) => !known.has(line))];
  const words = [...new Set((lines.length > 0 ? lines : misplaced(before, after)).map(firstWord))];
  return [...words.slice(0, MAX_WORDS), ...(words.length > MAX_WORDS ? ['…'] : [])].join(', ');
}

/** For the same lines in another order, or not as often. */
function misplaced(before: readonly string[], after: readonly string[]): readonly string[] {
  const [longer, shorter] = before.length > after.length ? [before, after] : [after, before];
  return longer.filter((line, i) => line !== shorter[i]);
}

const firstWord = (line: string): string => line.split(' ', 1)[0] ?? '';
