import type { ChangeEvent } from '../catalog/reader.js';
import type { Component } from '../lib/lifecycle.js';
import { aborted } from '../lib/sleep.js';
import { printable, withoutPassword } from '../lib/printable.js';
import type { DiscoveredService } from '../service/discovered.js';
import { Listener, ROOM, type ListenerDeps, type ListenerStatus } from './listener.js';
import { Tally } from './tally.js';
import { targetsOf, type ListenerTarget, type TargetOptions } from './target.js';

const URL_INVALID = 'LISTENER_URL_INVALID';
const TOO_MANY = 'TOO_MANY_LISTENERS';

/** Far more than make sense: each is sent the whole state with each event. */
export const MAX_LISTENERS = 256;

/** One listener at work. */
interface Working {
  readonly target: ListenerTarget;
  readonly listener: Listener;
  /** Ends it; resolves when it has ended. */
  readonly end: () => Promise<void>;
}

/** Tells everybody who asked for it of each change of a status, and of each new record (contract section 8). None waits for another. */
export class Listeners implements Component {
  readonly name = ROOM;
  private readonly working = new Map<string, Working>();
  private readonly tally = new Tally();
  private services: readonly DiscoveredService[] = [];
  private isRunning = false;

  constructor(
    private readonly options: TargetOptions,
    private readonly deps: ListenerDeps,
  ) {}

  async run(signal: AbortSignal, ready: () => void): Promise<void> {
    const forget = this.deps.catalog.onChange((event) => this.tell(event));
    this.isRunning = true;
    this.reconcile();
    ready();
    await aborted(signal);
    this.isRunning = false;
    forget();
    await Promise.all([...this.working.values()].map(({ end }) => end()));
  }

  /** Takes everything that runs on this host now: listeners come and go with it. */
  listed(services: readonly DiscoveredService[]): void {
    this.services = services;
    if (this.isRunning) this.reconcile();
  }

  /** Those of the configuration first. */
  status(): readonly ListenerStatus[] {
    return [...this.working.values()].map(({ listener }) => listener.status());
  }

  /** Of all listeners since the start, those that are gone included. */
  get totals(): Readonly<Pick<Tally, 'delivered' | 'skipped' | 'failures'>> {
    return this.tally;
  }

  private tell({ kind, service, previousStatus, time }: ChangeEvent): void {
    if (kind !== 'added' && kind !== 'status') return; // no events in the sense of contract section 6.3
    for (const { listener } of this.working.values()) listener.offer({ service, previousStatus, time });
  }

  private reconcile(): void {
    const all = targetsOf(this.options, this.services);
    const usable = all.filter(({ url }) => URL.canParse(url));
    const wanted = new Map(usable.slice(0, MAX_LISTENERS).map((target) => [target.name, target]));
    this.stateUnusable(all.filter(({ url }) => !URL.canParse(url)));
    this.stateTooMany(usable.length - MAX_LISTENERS);
    for (const [name, { target, end }] of this.working) {
      if (wanted.get(name)?.url === target.url) continue;
      this.working.delete(name);
      void end();
      this.deps.log.info('a listener is gone with its service', facts(target));
    }
    for (const target of wanted.values()) if (!this.working.has(target.name)) this.add(target);
  }

  private add(target: ListenerTarget): void {
    const listener = new Listener(target, this.options.hostname, this.tally, this.deps);
    const stop = new AbortController();
    const ended = listener.run(stop.signal);
    const end = (): Promise<void> => {
      stop.abort();
      return ended;
    };
    this.working.set(target.name, { target, listener, end });
    this.deps.log.info('a listener is told of changes', facts(target));
  }

  /** A record may have a host name that is none in a URL, such as `1.2.3.4.5`. */
  private stateUnusable(unusable: readonly ListenerTarget[]): void {
    const { problems, log } = this.deps;
    problems.clearExcept(ROOM, URL_INVALID, new Set(unusable.map(({ name }) => name)));
    for (const { name, url } of unusable) {
      const message = `${name} is told of no change: ${printable(url)} is no URL`;
      if (problems.raise({ room: ROOM, code: URL_INVALID, subject: name, message }))
        log.warn(message, { code: URL_INVALID });
    }
  }

  private stateTooMany(excess: number): void {
    const { problems, log } = this.deps;
    if (excess <= 0) {
      problems.clear(ROOM, TOO_MANY);
      return;
    }
    const message = `${excess} listeners are told of no change: this host has more than ${MAX_LISTENERS}`;
    if (problems.raise({ room: ROOM, code: TOO_MANY, subject: '', message })) log.warn(message, { code: TOO_MANY });
  }
}

const facts = ({ url, service }: ListenerTarget): { url: string; service: string | undefined } => ({
  url: withoutPassword(url),
  service,
});
