import type { Logger } from '../../src/lib/logger.js';

const nothing = (): void => undefined;

/** For tests whose subject is not what is logged. */
export const silent: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing, child: () => silent };
