import { harmless } from '../lib/printable.js';
import { ExitCode, type CommandContext } from './command.js';
import { isObject } from './is-object.js';

/** What the agent says of something it did, or refused to do. */
export interface Message {
  readonly message: string;
}

/** Has the agent do something, and prints what it says of it: `Fine` if it did, `No` if it refused. @throws AskError */
export async function tell({ ask, json, print }: CommandContext, path: string): Promise<ExitCode> {
  const answer = await ask('POST', path, isMessage);
  print(json ? `${JSON.stringify(answer.json)}\n` : `${harmless(answer.json.message)}\n`);
  return answer.status < 300 ? ExitCode.Fine : ExitCode.No;
}

export function isMessage(json: unknown): json is Message {
  return isObject(json) && typeof json['message'] === 'string';
}
