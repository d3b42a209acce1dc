import type { Catalog } from '../catalog/catalog.js';
import { every } from '../lib/every.js';
import type { Component } from '../lib/lifecycle.js';
import type { Clock, Millis, WallClock } from '../lib/ports.js';
import type { DiscoveredService } from '../service/discovered.js';
import type { CheckResult, LocalServices } from './local-services.js';

const REFRESH_EVERY_MS: Millis = 1000;
const EXPIRE_EVERY_MS: Millis = 2000;

/** Drives `LocalServices` and the catalog's expiry with real time; hands their input through, so that deadlines stay armed. */
export class Announcer implements Component {
  readonly name = 'announcer';
  /** Resolves when the catalog shows this host as it is, or when the grace has passed; whoever acts on the catalog waits for it. */
  readonly settled: Promise<void>;
  private disarm = (): void => undefined;
  private resolveSettled = (): void => undefined;
  private lastRefresh: Millis;

  /** @param options.startupGraceMs how long others may be kept waiting for what runs on this host, from `run` on */
  constructor(
    private readonly local: LocalServices,
    private readonly options: { readonly startupGraceMs: Millis },
    private readonly deps: { readonly catalog: Catalog; readonly clock: Clock; readonly wall: WallClock },
  ) {
    this.lastRefresh = deps.clock.now();
    this.settled = new Promise((resolve) => (this.resolveSettled = resolve));
  }

  async run(signal: AbortSignal, ready: () => void): Promise<void> {
    const { catalog, clock, wall } = this.deps;
    const endGrace = clock.after(this.options.startupGraceMs, () => this.resolveSettled());
    this.arm();
    ready();
    await Promise.all([
      every(clock, REFRESH_EVERY_MS, signal, () => {
        this.lastRefresh = clock.now();
        this.local.refresh();
      }),
      every(clock, EXPIRE_EVERY_MS, signal, () => catalog.expire(wall.nowNs())),
    ]);
    endGrace();
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

  /** How long ago records were refreshed last; far above a second means that the agent's own loop hangs. */
  sinceRefreshMs(): Millis {
    return this.deps.clock.now() - this.lastRefresh;
  }

  private arm(): void {
    this.disarm();
    if (this.local.isSettled()) this.resolveSettled();
    const due = this.local.nextDeadline();
    if (due === undefined) return;
    this.disarm = this.deps.clock.after(Math.max(0, due - this.deps.clock.now()), () => {
      this.local.announceOverdue();
      this.arm();
    });
  }
}
