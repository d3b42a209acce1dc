import type { Logger } from '../../../src/lib/logger.js';

const nothing = (): undefined => undefined;

/** For parts whose log a test does not look at. */
export const silentLogger: Logger = {
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  child: () => silentLogger,
};
