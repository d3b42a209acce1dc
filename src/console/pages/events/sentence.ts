import type { AgentEvent } from '../../data/event.js';

/** A piece of a sentence; `to` is where it leads, as `Link` takes it. */
export interface Piece {
  readonly text: string;
  readonly to?: readonly string[];
}

/**
 * The sentence of an event, in which what it is about leads to its page. A service or an instance that it does not name stands behind
 * it; a host that it does not name is the one that tells.
 */
export function piecesOf({ text, service, host, instance }: AgentEvent): readonly Piece[] {
  const subjects: Piece[] = [];
  if (service !== undefined) subjects.push({ text: service, to: ['services', service] });
  if (host !== undefined) subjects.push({ text: host, to: ['hosts', host] });
  if (host !== undefined && instance !== undefined)
    subjects.push({ text: instance, to: ['instances', host, instance] });
  // The longest first: a name may be a part of another one.
  const ordered = subjects.sort((a, b) => b.text.length - a.text.length);
  let pieces: readonly Piece[] = [{ text }];
  for (const subject of ordered) {
    const at = pieces.findIndex((piece) => piece.to === undefined && indexOfWord(piece.text, subject.text) >= 0);
    const within = pieces[at];
    if (!within) {
      if (subject.to?.[0] !== 'hosts') pieces = [...pieces, { text: ' ' }, subject];
      continue;
    }
    const index = indexOfWord(within.text, subject.text);
    const around = [
      { text: within.text.slice(0, index) },
      subject,
      { text: within.text.slice(index + subject.text.length) },
    ];
    pieces = [...pieces.slice(0, at), ...around.filter((piece) => piece.text !== ''), ...pieces.slice(at + 1)];
  }
  return pieces;
}

/** `web:8080: …` is said of a service at a ServicePort. */
const PORT = /^:\d+(?=[:\s),]|$)/;

/** Where a word stands by itself, not as a part of another; -1: nowhere. */
function indexOfWord(text: string, word: string): number {
  for (let index = text.indexOf(word); index >= 0; index = text.indexOf(word, index + 1)) {
    const after = text.slice(index + word.length);
    const isPart = /[\w/.:-]$/.test(text.slice(0, index)) || (/^(?:[\w/-]|[.:]\w)/.test(after) && !PORT.test(after));
    if (!isPart) return index;
  }
  return -1;
}
