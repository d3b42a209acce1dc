import type { CliCommand } from './command.js';
import { status } from './commands/status.js';

/** Every sub-command, in the order of the help. */
export const COMMANDS: readonly CliCommand[] = [status];
