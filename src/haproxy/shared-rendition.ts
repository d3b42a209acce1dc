import type { Clock, Millis } from '../lib/ports.js';
import type { Result } from '../lib/result.js';
import { sleep } from '../lib/sleep.js';
import type { TemplateFault } from './fault.js';
import type { Rendition } from './rendition.js';
import type { LoadedTemplate } from './template-file.js';
import type { Template } from './template.js';

export interface SharedRenditionDeps {
  readonly template: { current(): Promise<LoadedTemplate> };
  /** The same text as long as nothing beside the template has changed that the configuration is made of. */
  readonly version: () => string;
  /** Resolves when it may be rendered, at once. */
  readonly turn: () => Promise<void>;
  readonly render: (template: Template) => Result<Rendition, TemplateFault>;
  /** Cuts pauses short. */
  readonly ending: AbortSignal;
  readonly clock: Clock;
}

interface Waiter {
  readonly isKnown: (etag: string) => boolean;
  /** Without a text: there will be none. */
  readonly answer: (rendition?: Rendition) => void;
}

type Made = Result<Rendition, TemplateFault>;

/** The first change of a burst is told at once, the others together after this: at most 20 renders a second. */
const PAUSE_MS: Millis = 50;
/** Writing to all at once would keep gossip waiting; after so many it has its turn. */
const ANSWERS_PER_TURN = 64;

/** One configuration for all who ask for the same: rendered at most once for each version, whoever waits for it. */
export class SharedRendition {
  private made: Made | undefined;
  private madeOf = '';
  private madeAt: Millis = -Infinity;
  /** The last template that gave a configuration: it goes on while a newer one gives none. */
  private good: Template | undefined;
  private running: Promise<Made> | undefined;
  private readonly waiters = new Set<Waiter>();

  constructor(private readonly deps: SharedRenditionDeps) {}

  /** How many wait for another text. */
  get waiting(): number {
    return this.waiters.size;
  }

  /** Whether nobody waits, be it for a change or for a rendering. */
  get isIdle(): boolean {
    return this.waiters.size === 0 && this.running === undefined;
  }

  /** Brings the text up to date, and tells those who wait for another. A fault only while there never was a text. */
  current(): Promise<Made> {
    return (this.running ??= this.bring());
  }

  /** The first text that `isKnown` denies; undefined when none has come after `waitMs`, by `letGo`, or when `signal` aborts. */
  async another(
    isKnown: (etag: string) => boolean,
    waitMs: Millis,
    signal: AbortSignal,
  ): Promise<Rendition | undefined> {
    if (this.made?.ok && !isKnown(this.made.value.etag)) return this.made.value;
    let other: Rendition | undefined;
    const answered = new AbortController();
    const answer = (rendition?: Rendition): void => {
      other = rendition;
      answered.abort();
    };
    const waiter = { isKnown, answer };
    this.waiters.add(waiter);
    await sleep(this.deps.clock, waitMs, AbortSignal.any([signal, answered.signal]));
    this.waiters.delete(waiter);
    return other;
  }

  /** Nobody waits any longer. */
  letGo(): void {
    for (const { answer } of this.waiters) answer();
  }

  private async bring(): Promise<Made> {
    const { clock, ending, template, turn } = this.deps;
    try {
      let loaded = await template.current();
      const pauseMs = this.madeAt + PAUSE_MS - clock.now();
      if (pauseMs > 0 && this.isBehind(loaded)) {
        await sleep(clock, pauseMs, ending);
        loaded = await template.current();
      }
      if (this.made && !this.isBehind(loaded)) return this.made;
      await turn();
      return (this.made = this.make(loaded));
    } finally {
      this.running = undefined; // in one go with the look at the version: no change falls in between
    }
  }

  private isBehind(loaded: LoadedTemplate): boolean {
    return this.versionWith(loaded) !== this.madeOf;
  }

  private versionWith({ revision }: LoadedTemplate): string {
    return `${revision} ${this.deps.version()}`;
  }

  private make(loaded: LoadedTemplate): Made {
    this.madeOf = this.versionWith(loaded);
    this.madeAt = this.deps.clock.now();
    const made = this.renderBy(loaded);
    if (!made.ok) return this.made?.ok ? this.made : made;
    void this.tell(made.value);
    return made;
  }

  private async tell(made: Rendition): Promise<void> {
    const { clock, ending } = this.deps;
    let told = 0;
    for (const { isKnown, answer } of this.waiters) {
      if (isKnown(made.etag)) continue;
      if (told > 0 && told % ANSWERS_PER_TURN === 0) await sleep(clock, 0, ending);
      told += 1;
      answer(made);
    }
  }

  private renderBy({ template }: LoadedTemplate): Made {
    const made = template.ok ? this.deps.render(template.value) : template;
    if (made.ok && template.ok) this.good = template.value;
    return made.ok || !this.good ? made : this.deps.render(this.good);
  }
}
