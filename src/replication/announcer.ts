import type { Catalog } from '../catalog/catalog.js';
import { LIFESPANS } from '../catalog/lifespan.js';
import type { ChangeEvent } from '../catalog/reader.js';
import { every } from '../lib/every.js';
import type { Component } from '../lib/lifecycle.js';
import type { Logger } from '../lib/logger.js';
import type { Clock, Millis, WallClock } from '../lib/ports.js';
import type { DiscoveredService } from '../service/discovered.js';
import { statusName } from '../service/service.js';
import type { CheckResult, LocalServices } from './local-services.js';
import type { Replicator } from './replicator.js';

const REFRESH_EVERY_MS: Millis = 1000;
const EXPIRE_EVERY_TICKS = 2;
/** Far above what a busy machine delays: peers let a record live for 80 s. */
const HANGS_AFTER_MS: Millis = 15_000;

/** What to say of a change that is none of status. */
const HAPPENED = { added: 'was added,', content: 'was changed,', removed: 'was forgotten,' } as const;

/** Changes told one by one in a second; a line for each of thousands would keep the agent from its work. */
const MAX_TOLD_PER_SECOND = 100;

/**
 * Drives `LocalServices`, the catalog's expiry and what is told to peers with real time; hands their input through, so that
 * deadlines stay armed.
 */
export class Announcer implements Component {
  readonly name = 'announcer';
  /**
   * Resolves when some source has listed, and the cluster, a state from before the start, or a record's whole life of waiting has
   * told of the other hosts: an agent that knows nothing must not undo what serves already.
   */
  readonly informed: Promise<void>;
  /** Resolves when the catalog shows this host as it is and what the cluster knows, or when the grace has passed. */
  readonly settled: Promise<void>;
  private disarm = (): void => undefined;
  /** Whether others have waited long enough, whatever is still missing. */
  graceIsOver = false;
  private resolveSettled = (): void => undefined;
  private resolveInformed = (): void => undefined;
  private lastRefresh: Millis;
  private changes = 0;
  private hasJoined = false;
  private knowsOthers = false;

  /** @param options.startupGraceMs how long others may be kept waiting for what runs on this host, from `run` on */
  constructor(
    private readonly local: LocalServices,
    private readonly options: { readonly startupGraceMs: Millis },
    private readonly deps: {
      readonly catalog: Catalog;
      readonly replicator: Pick<Replicator, 'beat'>;
      /** Resolves when the cluster has been asked for its state, or there is none to ask. */
      readonly joined: Promise<void>;
      readonly clock: Clock;
      readonly wall: WallClock;
      readonly log: Logger;
    },
  ) {
    this.lastRefresh = deps.clock.now();
    this.informed = new Promise((resolve) => (this.resolveInformed = resolve));
    this.settled = new Promise((resolve) => (this.resolveSettled = resolve));
    void deps.joined.then(() => {
      this.hasJoined = true;
      this.learnOfOthers();
    });
  }

  async run(signal: AbortSignal, ready: () => void): Promise<void> {
    const { catalog, clock, replicator, wall } = this.deps;
    const forget = catalog.onChange((event) => this.tell(event));
    const endGrace = clock.after(this.options.startupGraceMs, () => {
      this.graceIsOver = true;
      this.resolveSettled();
    });
    const endWait = clock.after(LIFESPANS.live, () => this.learnOfOthers());
    if (catalog.size > 0) this.learnOfOthers();
    this.arm();
    ready();
    let ticks = 0;
    await every(clock, REFRESH_EVERY_MS, signal, () => {
      this.lastRefresh = clock.now();
      this.local.refresh();
      // After the refresh, never on a timer of its own: when the clock jumps ahead, our own records must not look old.
      ticks += 1;
      if (ticks % EXPIRE_EVERY_TICKS === 0) catalog.expire(wall.nowNs());
      replicator.beat();
      this.tellOfTheRest();
    });
    endGrace();
    endWait();
    forget();
    this.disarm();
  }

  listed(source: string, services: readonly DiscoveredService[]): void {
    this.local.listed(source, services);
    this.arm();
  }

  checked(id: string, result: CheckResult): void {
    this.local.checked(id, result);
    this.arm();
  }

  /** What keeps this host's records from being refreshed, in sentences; empty while all is well. */
  vitals(): readonly string[] {
    const silentMs = this.deps.clock.now() - this.lastRefresh;
    if (silentMs < HANGS_AFTER_MS) return [];
    return [`this host's records were last refreshed ${Math.round(silentMs / 1000)} s ago instead of each second`];
  }

  /** One line for each change of a record, since this is what an operator reads first. */
  private tell({ kind, service, previousStatus, reason, detail }: ChangeEvent): void {
    this.changes += 1;
    if (this.changes > MAX_TOLD_PER_SECOND) return;
    const { name, hostname, id, status } = service;
    const change = kind === 'status' ? `is ${statusName(previousStatus)} →` : HAPPENED[kind];
    const facts = { host: hostname, id, reason, ...(detail === undefined || detail === '' ? {} : { detail }) };
    this.deps.log.info(`${name} ${change} ${statusName(status)}`, facts);
  }

  private tellOfTheRest(): void {
    const untold = this.changes - MAX_TOLD_PER_SECOND;
    this.changes = 0;
    if (untold > 0) this.deps.log.info(`${untold} more records changed within a second`);
  }

  private learnOfOthers(): void {
    this.knowsOthers = true;
    this.resolveWhatHolds();
  }

  private resolveWhatHolds(): void {
    if (this.local.isInformed() && this.knowsOthers) this.resolveInformed();
    if (this.local.isSettled() && this.hasJoined) this.resolveSettled();
  }

  private arm(): void {
    this.disarm();
    this.resolveWhatHolds();
    const due = this.local.nextDeadline();
    if (due === undefined) return;
    this.disarm = this.deps.clock.after(Math.max(0, due - this.deps.clock.now()), () => {
      this.local.announceOverdue();
      this.arm();
    });
  }
}
