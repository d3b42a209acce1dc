import type { Section, ServerLine } from './config.js';
import { readServer } from './server-line.js';
import { SECTION_KINDS, wordsOf } from './words.js';

/** The words of a line, at least one. */
type Line = readonly string[];

const BACKENDS: ReadonlySet<string> = new Set(['backend', 'listen']);
const NO_SERVERS: ReadonlyMap<string, ServerLine> = new Map();

/**
 * Reads the text of one section, or of what stands before the first.
 *
 * @param part       from its first word to the next section
 * @param defaults   what it inherits from
 * @param conditions the `.if` in which it begins, the outermost first
 * @returns and those in which it ends
 */
export function readSection(
  part: string,
  defaults: Section | undefined,
  conditions: readonly string[],
): { readonly section: Section; readonly conditions: readonly string[] } {
  const text = Buffer.from(part).toString(); // a copy: a slice would keep the whole file in memory
  const all = text
    .split('\n')
    .map(wordsOf)
    .filter((words) => words.length > 0);
  const hasHeader = SECTION_KINDS.has(all[0]?.[0] ?? '');
  const [kind = '', name = '', ...more] = hasHeader ? (all.shift() ?? []) : [];
  const defaultServer = [
    ...(defaults?.defaultServer ?? []),
    ...all.filter(isDefaultServer).flatMap((words) => words.slice(1)),
  ];
  const servers = BACKENDS.has(kind) ? all.filter(isServer) : [];
  const hasFixedServers =
    defaults?.hasFixedServers === true ||
    (kind === 'defaults' && conditions.length > 0) ||
    hasConditional(all, conditions) ||
    (servers.length > 0 && !(isDefaultFirst(all) && isSimple(name, servers, defaultServer)));
  const lines = hasFixedServers || servers.length === 0 ? all : all.filter((words) => !isServer(words));
  const section: Section = {
    kind,
    name,
    text,
    lines: [...conditions, ...(more.length > 0 ? [more, ...lines] : lines).map((words) => words.join(' '))],
    servers: hasFixedServers || servers.length === 0 ? NO_SERVERS : serversOf(servers, defaultServer),
    hasFixedServers,
    defaults,
    defaultServer,
    mode: all.findLast(([first]) => first === 'mode')?.[1] ?? defaults?.mode ?? 'tcp',
    hasCookie: defaults?.hasCookie === true || all.some(([first]) => first === 'cookie'),
  };
  return { section, conditions: all.reduce(conditionsAfter, conditions) };
}

const isServer = ([first]: Line): boolean => first === 'server';
const isDefaultServer = ([first]: Line): boolean => first === 'default-server';

const serversOf = (lines: readonly Line[], defaults: readonly string[]): Section['servers'] =>
  new Map(lines.map((words) => readServer(words, defaults)).map((server) => [server.name, server]));

function conditionsAfter(open: readonly string[], words: Line): readonly string[] {
  switch (words[0] ?? '') {
    case '.if':
      return [...open, words.join(' ')];
    case '.elif':
    case '.else':
      return [...open.slice(0, -1), [open.at(-1) ?? '', ...words].join(' ')];
    case '.endif':
      return open.slice(0, -1);
    default:
      return open;
  }
}

/** What decides how a server is, besides its own line. */
const MATTERS_TO_SERVERS: ReadonlySet<string> = new Set(['server', 'default-server', 'cookie', 'mode']);

function hasConditional(lines: readonly Line[], conditions: readonly string[]): boolean {
  let open = conditions;
  return lines.some((words) => {
    open = conditionsAfter(open, words);
    return open.length > 0 && MATTERS_TO_SERVERS.has(words[0] ?? '');
  });
}

/** A `default-server` line acts on the servers below it only. */
function isDefaultFirst(lines: readonly Line[]): boolean {
  return lines.findIndex(isServer) > lines.findLastIndex(isDefaultServer);
}

/** What HAProxy allows in names. */
const NAME = /^[\w:.-]+$/;
/** What a command says as the file does: there `;` would end it, `<<` begin a payload, and quotes are none. */
const PLAIN_WORD = /^[!$-&(-:=-[\]-~]+$/;

function isSimple(name: string, servers: readonly Line[], defaults: readonly string[]): boolean {
  const names = new Set(servers.map((words) => words[1] ?? ''));
  return (
    NAME.test(name) &&
    names.size === servers.length &&
    defaults.every((word) => PLAIN_WORD.test(word)) &&
    servers.every(
      (words) => words.length >= 3 && NAME.test(words[1] ?? '') && words.every((word) => PLAIN_WORD.test(word)),
    )
  );
}
