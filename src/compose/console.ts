import { fileURLToPath } from 'node:url';
import { consoleFilesOf, type ConsoleFiles } from '../http/console-files.js';
import type { Logger } from '../lib/logger.js';
import { readFolder } from '../platform/read-folder.js';

/** Where the build puts it, seen from the sources as from what is built of them. */
const BUILT = fileURLToPath(new URL('../../dist/console', import.meta.url));
/** Of a file; all together are some hundred kilobytes. */
const MAX_BYTES = 4 * 1024 * 1024;

/**
 * The console of this build; undefined when it was built without, or cannot be read: what an agent does for HAProxy does not end
 * for want of a page.
 */
export function builtConsole(log: Logger, folder = BUILT): ConsoleFiles | undefined {
  try {
    const files = readFolder(folder, MAX_BYTES);
    return files && consoleFilesOf(files);
  } catch (error) {
    log.warn('the console cannot be read: /ui/ lists the routes in its place', { folder, error });
    return undefined;
  }
}
