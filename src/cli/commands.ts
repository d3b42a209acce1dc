import type { CliCommand } from './command.js';
import { completion } from './commands/completion.js';
import { dev } from './commands/dev.js';
import { diff } from './commands/diff.js';
import { drain } from './commands/drain.js';
import { events } from './commands/events.js';
import { forget } from './commands/forget.js';
import { history } from './commands/history.js';
import { leave } from './commands/leave.js';
import { ls } from './commands/ls.js';
import { members } from './commands/members.js';
import { plan } from './commands/plan.js';
import { proxy } from './commands/proxy.js';
import { status } from './commands/status.js';
import { watch } from './commands/watch.js';
import { why } from './commands/why.js';

/** Every sub-command, in the order of the help. */
export const COMMANDS: readonly CliCommand[] = [
  status,
  ls,
  members,
  proxy,
  why,
  watch,
  history,
  diff,
  events,
  plan,
  drain,
  forget,
  leave,
  dev,
  completion,
];
