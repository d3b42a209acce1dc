import type { Millis } from '../lib/ports.js';
import { recordText } from '../service/codec.js';
import { encodeState } from '../service/state-codec.js';
import { nsFromMs, parseTimestamp, formatTimestamp } from '../service/timestamp.js';
import type { Mirror } from './mirror.js';
import { sentenceOf } from './update.js';
import { decodeUpstreamState } from './upstream-state.js';

/** A state that was only received again is written again this often. */
const CONFIRMED_EVERY_MS: Millis = 60_000;
/** Of the first line: a URL and a time. */
const MAX_HEAD = 4096;

/** The held state as it survives a restart: a line with who said it and when, then the state with what is remembered of its past. */
export function keptState(mirror: Mirror): {
  /** @returns undefined when there is nothing to write that is not written */
  readonly encode: () => string | undefined;
  /** @returns what is wrong with the text, then nothing is taken; undefined when it is sound */
  readonly restore: (text: string) => string | undefined;
} {
  let written = { contentVersion: 0, at: 0n };
  return {
    encode: () => {
      const { held } = mirror;
      const snapshot = mirror.snapshot();
      const { contentVersion } = snapshot;
      if (!held) return undefined;
      if (contentVersion === written.contentVersion && held.at - written.at < nsFromMs(CONFIRMED_EVERY_MS))
        return undefined;
      written = { contentVersion, at: held.at };
      const head = JSON.stringify({ from: held.from, at: formatTimestamp(held.at) });
      return `${head}\n${encodeState(snapshot, recordText)}`;
    },
    restore: (text) => {
      const end = text.slice(0, MAX_HEAD).indexOf('\n');
      const head = end === -1 ? undefined : headOf(text.slice(0, end));
      if (!head) return 'does not begin with a line that says whose state it is';
      const decoded = decodeUpstreamState(Buffer.from(text.slice(end + 1)));
      if (!decoded.ok) return `holds no state: ${sentenceOf(decoded.fault)}`;
      mirror.restore({ ...head, state: decoded.value.state });
      return undefined;
    },
  };
}

function headOf(line: string): { readonly from: string; readonly at: bigint } | undefined {
  let head: unknown;
  try {
    head = JSON.parse(line);
  } catch {
    return undefined; // said by the caller, as for every other shape
  }
  if (typeof head !== 'object' || head === null || !('from' in head) || !('at' in head)) return undefined;
  const { from, at } = head;
  const time = typeof at === 'string' ? parseTimestamp(at) : undefined;
  return typeof from === 'string' && time?.ok ? { from, at: time.value } : undefined;
}
