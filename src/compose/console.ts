import { fileURLToPath } from 'node:url';
import { consoleFilesOf, type ConsoleFiles } from '../http/console-files.js';
import { readFolder } from '../platform/read-folder.js';

/** Where the build puts it, seen from the sources as from what is built of them. */
const BUILT = fileURLToPath(new URL('../../dist/console', import.meta.url));
/** Of a file; all together are some hundred kilobytes. */
const MAX_BYTES = 4 * 1024 * 1024;

/** The console of this build; undefined when it was built without. */
export function builtConsole(): ConsoleFiles | undefined {
  const files = readFolder(BUILT, MAX_BYTES);
  return files && consoleFilesOf(files);
}
