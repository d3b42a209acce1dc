const TOKENS = /"(?:[^"\\]|\\.)*"|\{\}|\[\]|[{}[\],:]|[^"{}[\],:]+/g;

/**
 * Compact JSON spread over lines as Go's encoder does: two spaces a level, empty objects and arrays on one line, no final
 * newline.
 *
 * @param compact valid JSON without white space between its tokens
 * @param level   how deep the text will stand in a larger one, >= 0: indents every line but the first
 */
export function indentJson(compact: string, level = 0): string {
  let depth = level;
  const newLine = (): string => `\n${'  '.repeat(depth)}`;
  return compact.replace(TOKENS, (token) => {
    switch (token) {
      case '{':
      case '[':
        depth += 1;
        return token + newLine();
      case '}':
      case ']':
        depth -= 1;
        return newLine() + token;
      case ',':
        return token + newLine();
      case ':':
        return ': ';
      default:
        return token;
    }
  });
}
