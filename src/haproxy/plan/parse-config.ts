import type { Config, Section } from './config.js';
import { readSection } from './read-section.js';
import { SECTION_KINDS, wordsOf } from './words.js';

/** The sections to which `defaults` apply. */
const PROXIES: ReadonlySet<string> = new Set(['frontend', 'backend', 'listen']);

/**
 * Reads a configuration by HAProxy's own rules of words. Every text has a meaning here, also one that HAProxy would refuse.
 *
 * @param before another configuration: sections with the same text that inherit from the same `defaults` are taken from there,
 *   as the same objects
 */
export function parseConfig(text: string, before?: Config): Config {
  const sections: Section[] = [];
  const byText = new Map<string, Section>();
  const named = new Map<string, Section>();
  let last: Section | undefined;
  let conditions: readonly string[] = [];
  for (const { header, text: own } of chunksOf(text)) {
    const [kind = '', name = '', from, parent = ''] = header;
    const isProxy = PROXIES.has(kind);
    const isHeir = from === 'from' && (isProxy || kind === 'defaults');
    const defaults = isHeir ? named.get(parent) : isProxy ? last : undefined;
    const known = conditions.length === 0 ? before?.byText.get(own) : undefined;
    const isKnown = known !== undefined && known.defaults === defaults;
    const read = isKnown ? { section: known, conditions } : readSection(own, defaults, conditions);
    const { section } = read;
    if (conditions.length + read.conditions.length === 0) byText.set(section.text, section);
    conditions = read.conditions;
    if (header.length > 0 || section.lines.length > 0) sections.push(section);
    if (kind === 'defaults') {
      last = section;
      named.set(name, section);
    }
  }
  return { sections, byText };
}

interface Chunk {
  /** The words of its first line; none before the first section. */
  readonly header: readonly string[];
  readonly text: string;
}

/** Where a section may begin: at one of the words, or at a word with quotes, which may turn out to be one. */
const CANDIDATE = new RegExp(`^[ \\t\\v\\f]*(?:(?:${[...SECTION_KINDS].join('|')})(?![\\w-])|\\S*["'\\\\])`, 'gm');

function chunksOf(text: string): readonly Chunk[] {
  const chunks: Chunk[] = [];
  let start = 0;
  let header: readonly string[] = [];
  for (const { index } of text.matchAll(CANDIDATE)) {
    if (index > 0 && text[index - 1] !== '\n') continue; // the `^` of a RegExp knows more ends of lines than HAProxy
    const words = wordsOf(lineAt(text, index));
    if (!SECTION_KINDS.has(words[0] ?? '')) continue;
    if (index > start) chunks.push({ header, text: text.slice(start, index) });
    [start, header] = [index, words];
  }
  if (text.length > start) chunks.push({ header, text: text.slice(start) });
  return chunks;
}

function lineAt(text: string, start: number): string {
  const end = text.indexOf('\n', start);
  return end === -1 ? text.slice(start) : text.slice(start, end);
}
