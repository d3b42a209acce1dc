import type { Cause, Catalog } from '../catalog/catalog.js';
import { LIFESPANS } from '../catalog/lifespan.js';
import type { ChangeReason } from '../catalog/reason.js';
import type { Clock, Millis, WallClock } from '../lib/ports.js';
import type { DiscoveredService } from '../service/discovered.js';
import { sameContent, Status, type Service } from '../service/service.js';
import { ZERO_TIME } from '../service/timestamp.js';
import { DRAINED_BY, Drains, type DrainCause, type KeptDrain } from './drains.js';
import { hasUnknownExtras, ownExtras } from './own-extras.js';

/** What a health check found out about one instance. */
export interface CheckResult {
  readonly status: 'healthy' | 'failed';
  readonly reason: Extract<ChangeReason, 'check-passed' | 'check-failed' | 'check-timed-out'>;
  readonly output: string;
}

/** A new instance whose first check takes longer than this is announced as unhealthy meanwhile. */
export const ANNOUNCE_AFTER_MS: Millis = 1000;
/** So long after our start peers are believed that an instance drains: it began right before the agent was killed, and was not kept. */
const RECALL_WITHIN_MS: Millis = LIFESPANS.live;

interface Local {
  readonly source: string;
  readonly service: DiscoveredService;
  readonly firstSeen: Millis;
  /** What its checks say, whether it drains or not; undefined until it is announced. */
  readonly status: Status | undefined;
}

/**
 * Turns what discovery found and checks measured into this host's records in the catalog. It decides what is announced, with
 * which status and when; it owns no timer: call `announceOverdue` when `nextDeadline` has come, and `refresh` each second.
 */
export class LocalServices {
  /** By id: discovery's ids are unique on this host, whatever host name they announce. */
  private readonly locals = new Map<string, Local>();
  readonly drains: Drains;
  private readonly listedSources = new Set<string>();
  private isWithdrawn = false;
  /** Another host has our name: what is announced under it and not found here may run there. */
  isContested = false;

  /** @param options.sources every discovery source that is configured: until each has listed once, nothing is declared gone */
  constructor(
    private readonly options: { readonly hostname: string; readonly sources: readonly string[] },
    private readonly deps: { readonly catalog: Catalog; readonly clock: Clock; readonly wall: WallClock },
  ) {
    this.drains = new Drains(deps);
  }

  /** Takes the whole list of one source: new ones wait for their first check, changed ones are announced, missing ones buried. */
  listed(source: string, services: readonly DiscoveredService[]): void {
    this.listedSources.add(source);
    if (this.isWithdrawn) return;
    const found = new Set(services.map(({ id }) => id));
    for (const [id, local] of this.locals) {
      if (local.source === source && !found.has(id)) this.remove(local, 'gone');
    }
    for (const service of services) this.see(source, service);
    this.buryStrangers('gone');
  }

  /** Takes a check's result; an instance that discovery no longer reports is not touched. */
  checked(id: string, result: CheckResult): void {
    const local = this.locals.get(id);
    const status = result.status === 'healthy' ? Status.Alive : Status.Unhealthy;
    if (!local || local.status === status) return;
    this.announce({ ...local, status }, { reason: result.reason, detail: result.output });
  }

  /**
   * Drains an instance until `endDrain`, or for `forMs`: as long as it is well it is announced as draining. Its end is the end of
   * the drain as well. Asking again sets the end anew.
   *
   * @returns the instance, or undefined when this host has none of that id
   */
  drain(id: string, forMs?: Millis, cause: DrainCause = 'operator'): DiscoveredService | undefined {
    const local = this.locals.get(id);
    if (!local) return undefined;
    this.drains.begin(local.service, { forMs, cause });
    if (local.status !== undefined) this.merge(local, { reason: 'draining', detail: DRAINED_BY[cause] });
    return local.service;
  }

  /** The drain of an instance of this host, whatever its checks say; undefined when it does not drain. */
  drainOf(id: string): KeptDrain | undefined {
    const local = this.locals.get(id);
    return local && this.drains.of(local.service);
  }

  /** Ends a drain, if there is one. @returns as `drain` */
  endDrain(id: string): DiscoveredService | undefined {
    const local = this.locals.get(id);
    if (!local) return undefined;
    if (this.drains.end(local.service) && local.status !== undefined) this.merge(local, { reason: 'drain-ended' });
    return local.service;
  }

  /** Announces as unhealthy what has waited for its first check for too long. */
  announceOverdue(): void {
    const now = this.deps.clock.now();
    for (const local of this.locals.values()) {
      if (local.status !== undefined || now < local.firstSeen + ANNOUNCE_AFTER_MS) continue;
      this.announce({ ...local, status: Status.Unhealthy }, { reason: 'not-checked-yet' });
    }
  }

  /** When `announceOverdue` is due next, on the clock's scale; undefined when nothing waits. */
  nextDeadline(): Millis | undefined {
    let next: Millis | undefined;
    for (const { status, firstSeen } of this.locals.values()) {
      const due = firstSeen + ANNOUNCE_AFTER_MS;
      if (status === undefined && (next === undefined || due < next)) next = due;
    }
    return next;
  }

  /**
   * Gives every announced record of this host a new `updated`, so that peers see it lives; ends drains whose time is up; buries what
   * is not ours any more.
   */
  refresh(): void {
    this.drains.tick();
    for (const local of this.locals.values()) {
      if (local.status !== undefined) this.merge(local, { reason: this.reasonNow(local) });
    }
    this.buryStrangers(this.isWithdrawn ? 'withdrawn' : 'gone');
  }

  /** Declares everything that runs here dead for good, before this host leaves: nothing is announced from now on. */
  withdraw(): void {
    this.isWithdrawn = true;
    for (const local of this.locals.values()) this.remove(local, 'withdrawn');
    this.buryStrangers('withdrawn');
  }

  /** Whether a record is of an instance on this host, whatever host name it announces. */
  isOurs({ hostname, id }: Pick<Service, 'hostname' | 'id'>): boolean {
    return this.locals.get(id)?.service.hostname === hostname;
  }

  /**
   * Takes a peer's later version of a record that is ours. An instance that still waits for its first check takes its status;
   * anything else that differs from what we say is not believed, but answered (PROTOCOL 19.8).
   *
   * @returns our version, later than the peer's, if it has to be announced again
   */
  overrule(seen: Service): Service | undefined {
    const { catalog } = this.deps;
    const local = this.locals.get(seen.id);
    if (local && seen.status === Status.Draining) this.hearOfDrain(local, seen);
    if (local?.status === undefined) {
      catalog.merge(seen, { reason: 'received' });
      if (local) this.keepStatus(local);
      return undefined;
    }
    const stored = catalog.get(seen.hostname, seen.id);
    const isAsWeSay =
      stored?.status === this.statusOf(local) && sameContent(seen, stored) && !hasUnknownExtras(seen, stored);
    if (!isAsWeSay) return this.merge(local, { reason: this.reasonNow(local) }, seen);
    catalog.merge(seen, { reason: 'received' });
    return undefined;
  }

  /** Whether an older version of a record of ours shows that its sender believes what our next one will not end by itself. */
  isNewsToUs(seen: Service): boolean {
    const local = this.locals.get(seen.id);
    const stored = this.deps.catalog.get(seen.hostname, seen.id);
    if (!local || !stored) return false;
    if (seen.status === Status.Tombstone || hasUnknownExtras(seen, stored)) return true;
    return seen.status === Status.Draining && (this.mayRecall(local) || this.drains.mayEndAgain(seen));
  }

  /** The records of what is announced, as they are now. */
  *announced(): Iterable<Service> {
    for (const { service, status } of this.locals.values()) {
      const record = status === undefined ? undefined : this.deps.catalog.get(service.hostname, service.id);
      if (record) yield record;
    }
  }

  /** Everything that discovery reports on this host now, of all sources. */
  services(): readonly DiscoveredService[] {
    return [...this.locals.values()].map(({ service }) => service);
  }

  /** Sources that have not listed anything yet; empty when what runs on this host is known. */
  unlistedSources(): readonly string[] {
    return this.options.sources.filter((source) => !this.listedSources.has(source));
  }

  /** Some source has listed, or there is none to wait for, and every instance found is announced. */
  isInformed(): boolean {
    const hasListed = this.options.sources.length === 0 || this.listedSources.size > 0;
    return hasListed && this.nextDeadline() === undefined;
  }

  /** Every source has listed and every instance found is announced: the catalog shows this host as it is. */
  isSettled(): boolean {
    return this.unlistedSources().length === 0 && this.isInformed();
  }

  private see(source: string, service: DiscoveredService): void {
    const known = this.locals.get(service.id);
    if (known) {
      const next = { ...known, source, service };
      if (known.status === undefined) this.locals.set(service.id, next);
      else this.announce(next, { reason: 'described' });
      return;
    }
    const local = { source, service, firstSeen: this.deps.clock.now(), status: undefined };
    this.locals.set(service.id, local);
    this.keepStatus(local);
  }

  /** What was alive before our start, or still is for peers, stays so until a check says otherwise: a restart disturbs nobody. */
  private keepStatus(local: Local): void {
    const stored = this.deps.catalog.get(local.service.hostname, local.service.id);
    if (!stored || stored.status === Status.Tombstone) return;
    if (stored.status === Status.Draining) this.hearOfDrain(local, stored);
    const status = stored.status === Status.Draining ? Status.Alive : stored.status;
    this.announce({ ...local, status }, { reason: 'discovered' });
  }

  /** Somebody else knows that it drains, be it by what was kept. */
  private hearOfDrain(local: Local, { updated }: Service): void {
    if (this.mayRecall(local)) this.drains.begin(local.service, { sinceNs: updated });
    else this.drains.endAgain(local.service);
  }

  private mayRecall({ service, firstSeen }: Local): boolean {
    return !this.drains.knows(service) && this.deps.clock.now() < firstSeen + RECALL_WITHIN_MS;
  }

  private statusOf({ service, status = Status.Unknown }: Local): Status {
    return this.drains.statusOf(service, status);
  }

  /** Results of checks are told when they come: between them only a drain makes another status. */
  private reasonNow(local: Local): ChangeReason {
    const { service } = local;
    const status = this.statusOf(local);
    if (this.deps.catalog.get(service.hostname, service.id)?.status === status) return 'described';
    return status === Status.Draining ? 'draining' : 'drain-ended';
  }

  /** A drain ends with its instance, but outlives that this host leaves the cluster. */
  private remove({ service }: Local, reason: 'gone' | 'withdrawn'): void {
    this.locals.delete(service.id);
    if (reason === 'gone') this.drains.forget(service);
    this.deps.catalog.bury(service.hostname, service.id, this.deps.wall.nowNs(), { reason });
  }

  /** Records under our name that discovery does not report: those of a predecessor, learnt back from peers. */
  private buryStrangers(reason: 'gone' | 'withdrawn'): void {
    if (reason === 'gone' && (this.isContested || this.unlistedSources().length > 0)) return; // not known is not the same as gone
    if (reason === 'gone') this.drains.forgetUnless((record) => this.isOurs(record));
    for (const { hostname, id } of this.deps.catalog.recordsOf(this.options.hostname)) {
      if (this.locals.get(id)?.service.hostname === hostname) continue;
      this.deps.catalog.bury(hostname, id, this.deps.wall.nowNs(), { reason });
    }
  }

  private announce(local: Local, cause: Cause): void {
    this.locals.set(local.service.id, local);
    this.merge(local, cause);
  }

  /** @returns the record as it is announced, later than the one that is stored and than what a peer told of it */
  private merge(local: Local, cause: Cause, seen?: Service): Service {
    const { catalog, wall } = this.deps;
    const { service } = local;
    const { id, name, image, hostname, ports, proxyMode } = service;
    const stored = catalog.get(hostname, id);
    const now = wall.nowNs();
    // A version from the future (a peer's mistake, a clock set back) must not outlive us: ours is always later.
    const laterThan = seen?.updated ?? ZERO_TIME;
    const known = stored && stored.updated > laterThan ? stored.updated : laterThan;
    const updated = known >= now ? known + 1n : now;
    const created = stored?.created ?? service.created; // survives our restart, like the instance itself
    const ext = ownExtras(service, stored?.ext ?? seen?.ext);
    const record: Service = {
      id,
      name,
      image,
      created,
      hostname,
      ports,
      updated,
      proxyMode,
      status: this.statusOf(local),
      ...(ext === undefined ? {} : { ext }),
    };
    catalog.merge(record, { ...cause, isFromOrigin: true });
    return record;
  }
}
