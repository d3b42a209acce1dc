import type { Millis } from '../lib/ports.js';
import type { Timestamp } from '../service/timestamp.js';
import type { Deployment } from './deployment.js';
import type { Figures } from './figures.js';
import { configDigest } from './plan/digest.js';
import type { Supervisor } from './supervisor.js';

/** Something that happened to HAProxy. */
export interface ProxyNews {
  /**
   * `runtime`: its servers were changed while it ran; `repaired`: they were not as they should be; `started`: it did not run, and
   * was started; `lost`: it ended, and nobody had asked it to; `found`: it runs already.
   */
  readonly what: 'runtime' | 'repaired' | 'reload' | 'failed' | 'started' | 'lost' | 'found';
  /** One sentence. */
  readonly text: string;
  /** Of a reload. */
  readonly reasons: readonly string[];
  /** Of a failure. */
  readonly code: string | undefined;
  /** From the change in the catalog on. */
  readonly tookMs: Millis | undefined;
  /** What HAProxy has now; undefined while that is not known. */
  readonly config: ServedConfig | undefined;
}

export interface ServedConfig {
  readonly digest: string;
  readonly text: string;
}

/** What fails, or differs, in the same way again and again is told when it had stopped for so long. */
const SAME_WITHIN_NS: Timestamp = 60_000_000_000n;

type Books = Pick<Figures, 'lastApply' | 'lastReload' | 'lastDrift' | 'lastError'>;

/** Tells what happened to HAProxy, by what is in the books that was not there the last time. */
export class Diary {
  private seen: Books = { lastApply: undefined, lastReload: undefined, lastDrift: undefined, lastError: undefined };
  private config: ServedConfig | undefined;
  private wasServing = false;

  constructor(
    private readonly parts: {
      readonly deployment: Pick<Deployment, 'running'>;
      readonly figures: Figures;
      readonly supervisor: Pick<Supervisor, 'isServing'>;
    },
    private readonly tell: (news: ProxyNews) => void,
  ) {}

  /** To be called after everything that may have changed HAProxy. */
  note(): void {
    const { figures, supervisor } = this.parts;
    const { seen, wasServing, config: before } = this;
    const { lastApply, lastReload, lastDrift, lastError } = figures;
    this.seen = { lastApply, lastReload, lastDrift, lastError };
    this.wasServing = supervisor.isServing();
    this.config = this.configNow();
    const isOther = this.config !== undefined && this.config.digest !== before?.digest;
    const applied = lastApply === seen.lastApply ? undefined : lastApply;
    if (wasServing && !this.wasServing) this.say('lost', 'HAProxy has ended');
    if (lastError && !isSame(lastError, seen.lastError, lastError.message === seen.lastError?.message))
      this.say('failed', lastError.message, { code: lastError.code });
    if (lastDrift && !isSame(lastDrift, seen.lastDrift, lastDrift.what === seen.lastDrift?.what))
      this.say('repaired', `HAProxy's servers were not as they should be: ${lastDrift.what}`);
    if (lastReload && lastReload !== seen.lastReload) {
      const reasons = [...new Set(figures.lastCauses)];
      const tookMs = applied?.how === 'reload' ? applied.tookMs : undefined;
      if (reasons.includes('not-running'))
        this.say('started', 'HAProxy did not run, and was started', { reasons, tookMs });
      else this.say('reload', `HAProxy was reloaded: ${lastReload.reason}`, { reasons, tookMs });
    } else if (applied?.how === 'runtime') {
      this.say('runtime', `HAProxy's servers were changed: ${applied.reason}`, { tookMs: applied.tookMs });
    } else if (isOther) {
      if (before) this.say('runtime', 'the configuration changed in nothing that HAProxy would do in another way');
      else this.say('found', 'HAProxy runs already');
    }
  }

  private configNow(): ServedConfig | undefined {
    const text = this.parts.deployment.running?.text;
    if (text === this.config?.text) return this.config;
    return text === undefined ? undefined : { digest: configDigest(text), text };
  }

  private say(
    what: ProxyNews['what'],
    text: string,
    facts: Partial<Pick<ProxyNews, 'reasons' | 'code' | 'tookMs'>> = {},
  ): void {
    const { reasons = [], code, tookMs } = facts;
    this.tell({ what, text, reasons, code, tookMs, config: this.config });
  }
}

const isSame = (
  now: { readonly time: Timestamp },
  before: { readonly time: Timestamp } | undefined,
  saysTheSame: boolean,
): boolean => now === before || (before !== undefined && saysTheSame && now.time - before.time < SAME_WITHIN_NS);
