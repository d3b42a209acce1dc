import { ftruncateSync, openSync, writeSync } from 'node:fs';

/**
 * A file of log lines, begun anew. When it is full it is emptied, so that what was written last is there.
 *
 * @param maxBytes of the whole file
 * @returns writes a line; one that cannot be written, on a full disk say, is lost
 * @throws the system's error when the file cannot be made
 */
export function logFile(path: string, maxBytes: number): { readonly write: (line: string) => void } {
  const file = openSync(path, 'w', 0o600);
  let size = 0;
  return {
    write: (line) => {
      try {
        if (size + Buffer.byteLength(line) > maxBytes) {
          ftruncateSync(file);
          size = 0;
        }
        size += writeSync(file, line, size);
      } catch {
        return; // there is nowhere left to say it
      }
    },
  };
}
