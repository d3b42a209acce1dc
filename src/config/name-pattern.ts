import { ok, refused, type Result } from '../lib/result.js';

const POSIX_CLASSES: Readonly<Record<string, string>> = {
  alnum: '0-9A-Za-z',
  alpha: 'A-Za-z',
  digit: '0-9',
  lower: 'a-z',
  space: '\\t\\n\\v\\f\\r ',
  upper: 'A-Z',
  word: '\\w',
  xdigit: '0-9A-Fa-f',
};

/**
 * Reads an expression for `services.name_match`, which is written in Go's syntax. Where that differs from JavaScript's, these
 * forms are translated: `(?P<name>…)`, flags `(?i)`, `(?s)`, `(?m)` at the very beginning, `\A`, `\z` and `[[:alpha:]]`.
 */
export function compileNamePattern(expression: string): Result<RegExp, 'REGEX_INVALID' | 'REGEX_WITHOUT_GROUP'> {
  const flags = /^\(\?([ism]+)\)/.exec(expression);
  const source = expression
    .slice(flags?.[0].length ?? 0)
    .replaceAll('(?P<', '(?<')
    .replace(/\[:(\w+):\]/g, (whole, name: string) => POSIX_CLASSES[name] ?? whole)
    .replace(/\\[\s\S]/g, (escape) =>
      escape === '\\A' ? '(?<![\\s\\S])' : escape === '\\z' ? '(?![\\s\\S])' : escape,
    );
  try {
    const pattern = new RegExp(source, [...new Set(flags?.[1])].join(''));
    const groups = new RegExp(`${source}|`).exec('');
    return groups && groups.length > 1 ? ok(pattern) : refused('REGEX_WITHOUT_GROUP');
  } catch {
    return refused('REGEX_INVALID');
  }
}
