/** A section of a configuration: what is before the first one counts as one. */
export interface Section {
  /** `frontend web-8080`; empty before the first. */
  readonly title: string;
  /** The number of its first line, from 1. */
  readonly first: number;
  readonly lines: readonly string[];
}

/** HAProxy's words that begin a section (configuration manual, chapters 3 and 4). */
const BEGINS =
  /^(?:global|defaults|frontend|backend|listen|userlist|peers|mailers|resolvers|cache|program|ring|http-errors|log-forward|fcgi-app)\b/;

/** Sections in the order of the file, each with the remarks right above it; together they have all lines. */
export function sectionsOf(text: string): readonly Section[] {
  const sections: { title: string; first: number; lines: string[] }[] = [];
  const lines = text.replace(/\n$/, '').split('\n');
  lines.forEach((line, i) => {
    const isBegin = BEGINS.test(line);
    if (isBegin || i === 0) {
      const above = sections.at(-1)?.lines ?? [];
      const remarks = above.splice(above.findLastIndex((each) => !each.startsWith('#')) + 1);
      if (above.length === 0) sections.pop();
      sections.push({ title: isBegin ? line.trim() : '', first: i + 1 - remarks.length, lines: remarks });
    }
    sections.at(-1)?.lines.push(line);
  });
  return sections;
}

/** A piece of text, and whether it is what was looked for. */
export interface Piece {
  readonly text: string;
  readonly isFound: boolean;
}

/** Cuts a text where it has what is looked for, whatever the case. @param query not empty */
export function piecesOf(text: string, query: string): readonly Piece[] {
  const [hay, needle] = [text.toLowerCase(), query.toLowerCase()];
  const pieces: Piece[] = [];
  let from = 0;
  for (let at = hay.indexOf(needle); at >= 0; at = hay.indexOf(needle, from)) {
    if (at > from) pieces.push({ text: text.slice(from, at), isFound: false });
    from = at + needle.length;
    pieces.push({ text: text.slice(at, from), isFound: true });
  }
  if (from < text.length) pieces.push({ text: text.slice(from), isFound: false });
  return pieces;
}

/** The sections that have it in a line, and how many lines do. Without a query all are there. */
export function searched(
  sections: readonly Section[],
  query: string,
): { readonly sections: readonly Section[]; readonly lines: number } {
  if (query === '') return { sections, lines: 0 };
  const needle = query.toLowerCase();
  const found = sections.map((section) => ({
    section,
    lines: section.lines.filter((line) => line.toLowerCase().includes(needle)).length,
  }));
  return {
    sections: found.filter(({ lines }) => lines > 0).map(({ section }) => section),
    lines: found.reduce((sum, { lines }) => sum + lines, 0),
  };
}

/** A line of a difference. */
export interface DiffLine {
  /** `cut`: what is between is the same, or a remark. */
  readonly kind: 'same' | 'added' | 'removed' | 'cut';
  readonly text: string;
  /** Its number in the text after the change; undefined where it is not in it. */
  readonly number: number | undefined;
}

const HUNK = /^@@ -\d+(?:,\d+)? \+(\d+)(?:,\d+)? @@/;

/** Reads what `diff -u` prints, without its head; what is neither added, removed nor the same is a remark and stays as it is. */
export function diffLinesOf(diff: string): readonly DiffLine[] {
  const lines: DiffLine[] = [];
  let number = 0;
  let isBegun = false;
  for (const line of diff.replace(/\n$/, '').split('\n')) {
    const [, begin] = HUNK.exec(line) ?? [];
    const text = line.slice(1);
    if (begin !== undefined) {
      number = Number(begin);
      if (lines.length > 0) lines.push({ kind: 'cut', text: '⋯', number: undefined });
      isBegun = true;
    } else if (!isBegun) {
      continue; // the two lines that name the texts
    } else if (line.startsWith('+')) {
      lines.push({ kind: 'added', text, number: number++ });
    } else if (line.startsWith('-')) {
      lines.push({ kind: 'removed', text, number: undefined });
    } else if (line.startsWith(' ')) {
      lines.push({ kind: 'same', text, number: number++ });
    } else {
      lines.push({ kind: 'cut', text: line.replace(/^\\ /, ''), number: undefined });
    }
  }
  return lines;
}

/** How many lines were added, and how many removed. */
export function diffSizes(lines: readonly DiffLine[]): { readonly added: number; readonly removed: number } {
  const of = (kind: DiffLine['kind']): number => lines.filter((line) => line.kind === kind).length;
  return { added: of('added'), removed: of('removed') };
}
