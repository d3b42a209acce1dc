const MAX_SHOWN = 80;

/** A value as it may stand in a log line or on a terminal: in quotes, controls escaped, at most 80 characters of it. */
export function printable(value: string): string {
  const short = value.length > MAX_SHOWN ? `${value.slice(0, MAX_SHOWN)}…` : value;
  return JSON.stringify(short).replace(/[\u007f-\u009f\u2028\u2029]/g, escape);
}

/** Text of unknown origin for a terminal: line breaks stay, every other control character is shown instead of obeyed. */
export function harmless(text: string): string {
  return text.replace(/[^\P{C}\n]/gu, escape);
}

const escape = (char: string): string => `\\u${(char.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`;

const PASSWORD = /(:\/\/[^/?#@:\s]*:)[^/?#\s]*@/g;

/** A URL as it may be told: its password is for the one who is asked, not for logs. */
export const withoutPassword = (url: string): string => url.replace(PASSWORD, '$1***@');
