import type { Logger } from '../../../../src/lib/logger.js';

/** Keeps the lines of `info` and above. */
export function recordingLog(): { readonly log: Logger; readonly lines: string[] } {
  const lines: string[] = [];
  const add = (line: string): void => void lines.push(line);
  const log: Logger = { debug: () => undefined, info: add, warn: add, error: add, child: () => log };
  return { log, lines };
}
