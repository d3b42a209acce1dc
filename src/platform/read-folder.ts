import { readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { errnoOf } from '../lib/fault.js';
import { readRegularFile } from './read-regular-file.js';

/**
 * All files below a folder at the start of a process, by their path in it with `/` between names.
 *
 * @param maxBytes of each file
 * @returns undefined when there is no such folder
 * @throws the system's error, also for a file that is too large or no regular one
 */
export function readFolder(folder: string, maxBytes: number): ReadonlyMap<string, Uint8Array> | undefined {
  try {
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => !entry.isDirectory());
    return new Map(
      files.map(({ parentPath, name }) => {
        const path = join(parentPath, name);
        return [relative(folder, path).split(sep).join('/'), readRegularFile(path, maxBytes)];
      }),
    );
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
