const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&#34;',
  "'": '&#39;',
};

/** Text as it may stand in an element or a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => ENTITIES[char] ?? char);
}

/** Markup that is safe to put into a page: only `html` makes it. */
export class Html {
  constructor(readonly markup: string) {}
}

type Insert = string | number | Html | readonly Html[];

/** A piece of a page. Inserted text is escaped, inserted pieces are not. */
export function html(parts: TemplateStringsArray, ...inserts: readonly Insert[]): Html {
  return new Html(parts.reduce((markup, part, i) => markup + render(inserts[i - 1] ?? '') + part));
}

function render(insert: Insert): string {
  if (insert instanceof Html) return insert.markup;
  if (typeof insert === 'object') return insert.map((piece) => piece.markup).join('');
  return escapeHtml(String(insert));
}
