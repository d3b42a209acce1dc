const [QUOTE, BACKSLASH] = [0x22, 0x5c];
const [OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET] = [0x7b, 0x7d, 0x5b, 0x5d];

/**
 * Whether objects and arrays stand in each other to more than `levels` in a JSON text. Asked before it is parsed: millions of open
 * brackets cost the parser seconds and a gigabyte before it finds out that they are never closed.
 */
export function nestsDeeperThan(levels: number, text: string): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    switch (text.charCodeAt(at)) {
      case QUOTE: {
        at = endOfString(text, at);
        break;
      }
      case OPEN_BRACE:
      case OPEN_BRACKET:
        depth += 1;
        if (depth > levels) return true;
        break;
      case CLOSE_BRACE:
      case CLOSE_BRACKET:
        depth -= 1;
    }
  }
  return false;
}

/** @returns where the quote is that ends the string which begins at `start`; the end of the text if there is none */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (text.charCodeAt(end - 1 - backslashes) === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) return end;
  }
  return text.length;
}

/** Whether a text that is no JSON would need more at its end: nothing is there, or something is still open. */
export function isCutOff(text: string): boolean {
  let open = 0;
  for (let at = 0; at < text.length; at += 1) {
    switch (text.charCodeAt(at)) {
      case QUOTE:
        at = endOfString(text, at);
        if (at === text.length) return true;
        break;
      case OPEN_BRACE:
      case OPEN_BRACKET:
        open += 1;
        break;
      case CLOSE_BRACE:
      case CLOSE_BRACKET:
        open -= 1;
    }
  }
  return open > 0 || text.trim() === '';
}
