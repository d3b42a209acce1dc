import type { CliCommand } from './command.js';
import { drain } from './commands/drain.js';
import { forget } from './commands/forget.js';
import { leave } from './commands/leave.js';
import { members } from './commands/members.js';
import { plan } from './commands/plan.js';
import { proxy } from './commands/proxy.js';
import { status } from './commands/status.js';

/** Every sub-command, in the order of the help. */
export const COMMANDS: readonly CliCommand[] = [status, members, proxy, plan, drain, forget, leave];
