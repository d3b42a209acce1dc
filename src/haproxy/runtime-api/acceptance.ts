import type { Section } from '../plan/config.js';
import type { Aspect, Move } from './moves.js';

/** Enough for every option of HAProxy; the oldest is forgotten, which costs one more refusal. */
const MAX_REMEMBERED = 1_000;

/** `'cookie' option is not accepted for dynamic server`, `unknown keyword 'frobnicate'.` */
const REFUSED_WORD = /^'([^' ]+)' option is not accepted|^unknown keyword '([^']+)'/m;
const STATIC_BALANCE = /dynamic load balancing|static LB algorithm/;
/** Says where HAProxy is, not what it accepts. */
const STATE = /^(?:Already exists|No such)/;

/**
 * What this version of HAProxy refused to do while it runs: nothing is assumed of a version, everything is tried once.
 * Bounded; what was refused is a hint to reload at once, never needed for what is right.
 */
export class Acceptance {
  private version: string | undefined;
  private readonly refusals = new Map<string, string>();

  /** Another version of HAProxy accepts other things. */
  versionIs(version: string): void {
    if (version !== this.version) this.refusals.clear();
    this.version = version;
  }

  /** Remembers what of a command for `move` in `section` HAProxy refused, as far as the same would be refused again. */
  remember(move: Move, section: Section, words: string): void {
    if (STATE.test(words)) return;
    const key = refusedKey(move, section, words);
    if (key === undefined) return;
    const oldest = this.refusals.keys().next();
    if (this.refusals.size >= MAX_REMEMBERED && !oldest.done) this.refusals.delete(oldest.value);
    this.refusals.set(key, words);
  }

  /** HAProxy's words for why it would not carry out `move`; undefined when it is not known to refuse. */
  refusalOf(move: Move, section: Section): string | undefined {
    if (this.refusals.size === 0) return undefined;
    for (const key of keysOf(move, section)) {
      const words = this.refusals.get(key);
      if (words !== undefined) return words;
    }
    return undefined;
  }
}

function refusedKey(move: Move, section: Section, words: string): string | undefined {
  if (move.kind === 'remove') return undefined;
  if (STATIC_BALANCE.test(words)) return staticKey(move.kind, section);
  if (move.kind === 'set') return undefined;
  const [, option, keyword] = REFUSED_WORD.exec(words) ?? [];
  const word = option ?? keyword;
  return word !== undefined && move.args.includes(word) ? `word ${word}` : argsKey(move.args);
}

function keysOf(move: Move, section: Section): readonly string[] {
  switch (move.kind) {
    case 'add':
      return [staticKey('add', section), argsKey(move.args), ...move.args.map((word) => `word ${word}`)];
    case 'set':
      return setsWeight(move.what) && move.target.weight > 0 ? [staticKey('set', section)] : [];
    case 'remove':
      return [];
  }
}

const setsWeight = (what: readonly Aspect[]): boolean => what.includes('weight') || what.includes('drain');

const argsKey = (args: readonly string[]): string => `args ${args.join(' ').replace(/^weight \d+ /, '')}`;

const staticKey = (kind: string, section: Section): string => `${kind} ${balanceOf(section) ?? ''}`;

/** As the section says it, or the `defaults` it inherits from. */
const balanceOf = ({ lines, defaults }: Section): string | undefined =>
  lines.find((line) => line.startsWith('balance ')) ?? (defaults && balanceOf(defaults));
