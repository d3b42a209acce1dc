import { isMemberList } from '../member-list.js';
import { instancesOf, isGone, isState } from '../instance.js';
import type { CommandContext } from '../command.js';
import { WORD_KINDS, type WordKind } from './model.js';

/** A shell waits for it. */
const TIMEOUT_MS = 1000;
/** More are of no use to anybody who looks at them. */
const MAX_WORDS = 2000;
/** Words that mean the same to every shell, quoted or not: names are of unknown origin. */
const HARMLESS = /^[A-Za-z0-9][\w.:@/+-]*$/;

/** The words of these kinds that the agent knows, for the shell. @throws AskError when it does not answer at once */
export async function askedWords({ ask }: CommandContext, kinds: readonly WordKind[]): Promise<readonly string[]> {
  const limits = { timeoutMs: TIMEOUT_MS };
  const words = new Set<string>();
  if (kinds.includes('HOST')) {
    const { json } = await ask('GET', '/api/members', isMemberList, limits);
    for (const { name } of json.members) words.add(name);
  }
  if (kinds.some((kind) => kind !== 'HOST')) {
    const { json } = await ask('GET', '/state.json', isState, limits);
    for (const instance of instancesOf(json).filter((each) => !isGone(each))) {
      if (kinds.includes('NAME')) words.add(instance.Name);
      if (kinds.includes('ID')) words.add(instance.ID);
      if (kinds.includes('NAME@HOST')) words.add(`${instance.Name}@${instance.Hostname}`);
    }
  }
  return [...words].filter((word) => HARMLESS.test(word)).slice(0, MAX_WORDS);
}

export const wordKindsIn = (text: string): readonly WordKind[] => {
  const asked = text.split(',');
  return WORD_KINDS.filter((kind) => asked.includes(kind));
};
