import type { ComponentChildren } from 'preact';
import { piecesOf, type Section } from './config-text.js';

/**
 * Sections of a configuration with the numbers of their lines. The browser lays out only those in sight.
 *
 * @param added numbers of lines that came with the last change
 */
export function ConfigText({
  sections,
  query,
  added,
}: {
  readonly sections: readonly Section[];
  readonly query: string;
  readonly added: ReadonlySet<number>;
}) {
  return (
    <div class="code config" tabIndex={0} role="region" aria-label="Configuration of HAProxy">
      {sections.map((section) => (
        <div
          key={section.first}
          class="config-section"
          style={{ containIntrinsicSize: `auto 40rem auto ${section.lines.length * 1.21875}rem` }}
        >
          <pre class="line-numbers" aria-hidden="true">
            {section.lines.map((_, i) => `${added.has(section.first + i) ? '+ ' : ''}${section.first + i}`).join('\n')}
          </pre>
          <pre>{linesOf(section, query, added)}</pre>
        </div>
      ))}
    </div>
  );
}

/** Lines that nothing is to be said of stay one piece of text. */
function linesOf({ first, lines }: Section, query: string, added: ReadonlySet<number>): readonly ComponentChildren[] {
  const shown: ComponentChildren[] = [];
  let plain = '';
  const flush = (): void => {
    if (plain !== '') shown.push(plain);
    plain = '';
  };
  lines.forEach((line, i) => {
    const isAdded = added.has(first + i);
    const pieces = query === '' ? [] : piecesOf(line, query);
    const isFound = pieces.some((piece) => piece.isFound);
    if (!isAdded && !isFound) {
      plain += `${line}\n`;
      return;
    }
    flush();
    const text = isFound
      ? pieces.map((piece, n) => (piece.isFound ? <mark key={n}>{piece.text}</mark> : piece.text))
      : line;
    shown.push(isAdded ? <ins key={i}>{text}</ins> : text, '\n');
  });
  flush();
  return shown;
}
