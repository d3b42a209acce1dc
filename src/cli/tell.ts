import { ExitCode, type CommandContext } from './command.js';
import { isObject } from './is-object.js';
import { wrapped } from './wrap.js';

/** What the agent says of something it did, or refused to do. */
export interface Message {
  readonly message: string;
}

/** Has the agent do something, and prints what it says of it: `Fine` if it did, `No` if it refused. @throws AskError */
export async function tell(context: CommandContext, path: string): Promise<ExitCode> {
  const { status, json } = await context.ask('POST', path, isMessage);
  say(context, json);
  return status < 300 ? ExitCode.Fine : ExitCode.No;
}

/** Prints with which words the agent refused. */
export function refused(context: CommandContext, message: Message): ExitCode {
  say(context, message);
  return ExitCode.No;
}

function say({ json, print, terminal }: CommandContext, message: Message): void {
  print(json ? `${JSON.stringify(message)}\n` : `${wrapped(message.message, terminal).join('\n')}\n`);
}

export function isMessage(json: unknown): json is Message {
  return isObject(json) && typeof json['message'] === 'string';
}
