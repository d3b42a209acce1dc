import { join } from 'node:path';
import type { CatalogReader, DepartureReader } from '../catalog/reader.js';
import { every } from '../lib/every.js';
import type { Component } from '../lib/lifecycle.js';
import type { Logger } from '../lib/logger.js';
import type { Clock, Millis } from '../lib/ports.js';
import { ok, refused, type Result } from '../lib/result.js';
import { Turns } from '../lib/turns.js';
import { heldFor } from './draft.js';
import { sentenceOf, type TemplateFault } from './fault.js';
import type { Files } from './ports.js';
import { renditionOf, type Asker, type Rendition, type SharedRules } from './rendition.js';
import { SharedRendition } from './shared-rendition.js';
import { TemplateFile } from './template-file.js';
import type { Template } from './template.js';

export interface RenditionOptions extends SharedRules {
  /** Empty = the built-in template. */
  readonly templateFile: string;
  /** Empty = none. */
  readonly templateDir: string;
}

export interface RenditionDeps {
  readonly catalog: CatalogReader;
  readonly departures: DepartureReader;
  /** Which service has a ServicePort on this host. */
  readonly holders: () => ReadonlyMap<number, string>;
  /** The services that our own HAProxy does not accept by the agent's own template, each with its words. */
  readonly rejected: () => ReadonlyMap<string, string>;
  /** Resolves when enough is known for an HAProxy to rely on; nothing is rendered before. */
  readonly informed: Promise<unknown>;
  readonly files: Pick<Files, 'read' | 'stamp'>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Why there is no configuration for an asker now. */
export interface RenditionRefusal {
  /** Those at a bound, and `not-informed`, are over after a while. */
  readonly code: Busy | 'unknown-template' | 'no-configuration';
  readonly message: string;
}

type Busy = 'not-informed' | 'too-many-waiting' | 'too-many-configurations';

export interface RenditionCounts {
  /** Since the start, like `dropped` and `refused`. */
  readonly renders: number;
  readonly waiting: number;
  readonly kept: number;
  /** Kept ones that made room for others. */
  readonly dropped: number;
  /** By code. */
  readonly refused: Readonly<Record<Busy, number>>;
}

/** Whoever differs in nothing but who they are shares one: these are as many as there are kinds of places. */
const MAX_KEPT = 32;
const MAX_WAITING = 10_000;
/** For what nobody tells of: a template's file, a service set aside, the end of a hold. */
const LOOK_MS: Millis = 1_000;

/** Configurations for HAProxys elsewhere, rendered when somebody asks, and again for those who wait for a change. */
export class Renditions implements Component {
  readonly name = 'renditions';
  /** By what was asked for, the longest unused first. */
  private readonly shared = new Map<string, SharedRendition>();
  private readonly template: TemplateFile;
  private readonly ending = new AbortController();
  private readonly tally = { renders: 0, dropped: 0 };
  private readonly refusals = { 'not-informed': 0, 'too-many-waiting': 0, 'too-many-configurations': 0 };
  private isInformed = false;
  /** Rises with what decides on the configuration beside catalog and template. */
  private surroundings = 0;
  private holdEndsMs: Millis | undefined;
  /** Each render takes tens of milliseconds for a thousand services. */
  private readonly turns: Turns;

  constructor(
    private readonly options: RenditionOptions,
    private readonly deps: RenditionDeps,
  ) {
    this.template = new TemplateFile(options.templateFile, deps.files);
    this.turns = new Turns(deps.clock);
    void deps.informed.then(() => (this.isInformed = true));
  }

  /** Follows the catalog for those who wait; when `signal` aborts they are answered, and nobody waits any more. */
  async run(signal: AbortSignal, ready: () => void): Promise<void> {
    const forget = this.deps.catalog.onChange(() => this.look());
    ready();
    await every(this.deps.clock, LOOK_MS, signal, () => this.look());
    forget();
    this.ending.abort();
    for (const shared of this.shared.values()) shared.letGo();
  }

  /** Something beside the catalog and the template may have changed what is to be served. */
  reconsider(): void {
    this.surroundings += 1;
    this.look();
  }

  /**
   * The configuration for an asker.
   *
   * @param isKnown whether the asker has the text with this ETag: then its successor is waited for
   * @param waitMs  how long, >= 0
   * @param signal  aborts when the asker has gone
   */
  async pull(
    asker: Asker,
    isKnown: (etag: string) => boolean,
    waitMs: Millis,
    signal: AbortSignal,
  ): Promise<Result<Rendition, RenditionRefusal>> {
    if (!this.isInformed) return this.refuse('not-informed', 'the agent does not know yet what runs in the cluster');
    if (asker.template !== undefined && this.options.templateDir === '') return refused(UNKNOWN_TEMPLATE);
    const key = JSON.stringify(asker);
    const shared = this.sharedFor(key, asker);
    if (!shared) {
      const message = `clients wait for ${MAX_KEPT} different configurations already: ask for one that another has`;
      return this.refuse('too-many-configurations', message);
    }
    const made = await shared.current();
    if (!made.ok) {
      this.shared.delete(key); // what gives no text must not take the place of one
      return refused(refusalOf(made.fault, asker));
    }
    if (waitMs === 0 || this.ending.signal.aborted || !isKnown(made.value.etag)) return made;
    if (this.waiting() >= MAX_WAITING)
      return this.refuse('too-many-waiting', `${MAX_WAITING} clients wait for a change already`);
    const other = await shared.another(isKnown, waitMs, signal);
    return ok(other ?? made.value);
  }

  counts(): RenditionCounts {
    return { ...this.tally, waiting: this.waiting(), kept: this.shared.size, refused: { ...this.refusals } };
  }

  private waiting(): number {
    return [...this.shared.values()].reduce((sum, { waiting }) => sum + waiting, 0);
  }

  private refuse(code: Busy, message: string): Result<Rendition, RenditionRefusal> {
    this.refusals[code] += 1;
    return refused({ code, message });
  }

  /** @returns undefined when there is no room, because somebody waits for each that is kept */
  private sharedFor(key: string, asker: Asker): SharedRendition | undefined {
    const shared = this.shared.get(key) ?? (this.makeRoom() ? this.share(asker) : undefined);
    if (!shared) return undefined;
    this.shared.delete(key);
    this.shared.set(key, shared);
    return shared;
  }

  private makeRoom(): boolean {
    if (this.shared.size < MAX_KEPT) return true;
    for (const [key, { isIdle }] of this.shared) {
      if (!isIdle) continue;
      this.tally.dropped += 1;
      return this.shared.delete(key);
    }
    return false;
  }

  private share(asker: Asker): SharedRendition {
    const { deps, options } = this;
    const { template: name } = asker;
    return new SharedRendition({
      template: name === undefined ? this.template : new TemplateFile(join(options.templateDir, name), deps.files),
      version: () => this.version(),
      turn: () => this.turns.take(this.ending.signal),
      render: (template) => this.render(template, asker),
      ending: this.ending.signal,
      clock: deps.clock,
    });
  }

  private version(): string {
    const { catalog, clock, rejected } = this.deps;
    if (this.holdEndsMs !== undefined && clock.now() >= this.holdEndsMs) {
      this.holdEndsMs = undefined;
      this.surroundings += 1;
    }
    return [catalog.snapshot().contentVersion, this.surroundings, ...rejected().keys()].join(' ');
  }

  private render(template: Template, asker: Asker): Result<Rendition, TemplateFault> {
    const { catalog, clock, departures, holders, rejected } = this.deps;
    const { staleHoldMs } = this.options;
    this.tally.renders += 1;
    const holdMs = departures.nextEndMs(staleHoldMs);
    this.holdEndsMs = holdMs === undefined ? undefined : clock.now() + holdMs;
    return renditionOf(catalog.snapshot(), template, asker, this.options, {
      holders: holders(),
      isHeld: heldFor(departures, staleHoldMs),
      setAsideServices: asker.template === undefined ? rejected() : new Map(),
    });
  }

  private look(): void {
    for (const shared of this.shared.values()) {
      if (shared.waiting === 0) continue;
      shared.current().catch((error: unknown) => this.deps.log.error('a configuration cannot be rendered', { error }));
    }
  }
}

const UNKNOWN_TEMPLATE: RenditionRefusal = {
  code: 'unknown-template',
  message: 'haproxy.template_dir has no template of that name',
};

const refusalOf = (fault: TemplateFault, { template }: Asker): RenditionRefusal =>
  fault.code === 'TEMPLATE_MISSING' && template !== undefined
    ? UNKNOWN_TEMPLATE
    : { code: 'no-configuration', message: sentenceOf(fault) };
