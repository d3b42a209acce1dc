/** Lines of CSV: a line break within quotes ends none. */
export function csvLines(text: string): readonly string[] {
  const lines: string[] = [];
  let [begun, isQuoted] = ['', false];
  for (const part of text.split('\n')) {
    begun += part;
    if (part.includes('"') && part.split('"').length % 2 === 0) isQuoted = !isQuoted;
    if (isQuoted) begun += '\n';
    else {
      lines.push(begun);
      begun = '';
    }
  }
  return begun === '' ? lines : [...lines, begun];
}

/**
 * One line of CSV as HAProxy writes it: quotes only around texts with commas, quotes in them doubled.
 *
 * @param most no more words than so many are wanted
 */
export const csvWords = (line: string, most = Infinity): readonly string[] =>
  // Most of thousands of lines have no quote, and a line of `show stat` has a hundred words.
  line.includes('"')
    ? Array.from(`,${line}`.matchAll(/,(?:"((?:[^"]|"")*)"|([^,]*))/g), ([, quoted, plain = '']) =>
        quoted === undefined ? plain : quoted.replaceAll('""', '"'),
      )
    : line.split(',', most === Infinity ? undefined : most);
