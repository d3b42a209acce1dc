import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff';
import type { WallClock } from '../lib/ports.js';
import type { Timestamp } from '../service/timestamp.js';
import type { ProxyNews, ServedConfig } from './diary.js';

/** The configuration that HAProxy has, and what differs from the one before it. */
export interface ServedChange extends ServedConfig {
  /** When HAProxy had come to it. */
  readonly appliedAt: Timestamp;
  readonly how: ProxyNews['what'];
  /** One sentence. */
  readonly reason: string;
  /** Undefined: it is the first that this agent knows of. */
  readonly previous: { readonly digest: string; readonly appliedAt: Timestamp } | undefined;
  /** As `diff -u` prints it; empty for the first. */
  readonly diff: string;
}

interface Served extends Pick<ServedChange, 'appliedAt' | 'how' | 'reason'> {
  readonly config: ServedConfig;
}

/** The configuration that HAProxy has now, and the one before: two texts, in memory only. */
export class ServedConfigs {
  private now: Served | undefined;
  private before: Served | undefined;
  private told: ServedChange | undefined;

  constructor(private readonly wall: WallClock) {}

  /** A reload with the text that it has changes nothing here. */
  note({ what, text: reason, config }: ProxyNews): void {
    // What fails, or is lost, brings no other configuration: one that is told of beside it came by what is told next.
    if (!config || what === 'failed' || what === 'lost' || what === 'repaired') return;
    if (config.digest === this.now?.config.digest) return;
    this.before = this.now;
    this.now = { config, appliedAt: this.wall.nowNs(), how: what, reason };
    this.told = undefined;
  }

  /** The same object until there is another text; undefined while nothing is known. The difference is made when it is first asked for. */
  last(): ServedChange | undefined {
    if (!this.now) return undefined;
    this.told ??= changeOf(this.now, this.before);
    return this.told;
  }
}

function changeOf({ config, ...about }: Served, before: Served | undefined): ServedChange {
  const previous = before && { digest: before.config.digest, appliedAt: before.appliedAt };
  return { ...config, ...about, previous, diff: before ? diffOf(before.config, config) : '' };
}

/** The time grows with the square of it: some 50 ms. */
const MAX_EDITS = 1_000;

/** @returns for texts that differ in more than `MAX_EDITS` lines only how long they are, as a hunk without lines */
function diffOf(before: ServedConfig, after: ServedConfig): string {
  const patch = createTwoFilesPatch(before.digest, after.digest, before.text, after.text, undefined, undefined, {
    ...{ context: 3, maxEditLength: MAX_EDITS, headerOptions: FILE_HEADERS_ONLY },
  });
  if (patch !== undefined) return patch;
  const [from, to] = [linesOf(before.text), linesOf(after.text)];
  return `--- ${before.digest}\n+++ ${after.digest}\n@@ -1,${from} +1,${to} @@\n… more than ${MAX_EDITS} lines differ\n`;
}

const linesOf = (text: string): number => text.split('\n').length - 1;
