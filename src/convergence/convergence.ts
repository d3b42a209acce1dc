import type { ChangeEvent } from '../catalog/reader.js';
import type { Clock, Millis, Random, WallClock } from '../lib/ports.js';
import { MAX_SAMPLES, tagOf, type Announcement } from './announcement.js';
import { ChangeBook, type Delays } from './change-book.js';
import { contestedPorts, type ContestedPort } from './contested.js';
import { OwnDelays, type ServedView } from './own-delays.js';
import { Views, type Standing, type ToldView } from './views.js';

/** A member that is believed alive, and what it tells; undefined: it has no HAProxy, or is none of ours. */
export interface Teller {
  readonly name: string;
  /** The same object as long as it tells nothing new. */
  readonly told: Announcement | undefined;
}

/** How it stands with one host. */
export interface HostStanding {
  readonly name: string;
  readonly viewHash: string | undefined;
  /** `silent`: it tells of no view. `unknown`: we serve nothing, or something old, so that its view has no measure. */
  readonly state: Standing['state'] | 'silent' | 'unknown';
  readonly isBehind: boolean;
  /** Since we left the view that it serves; of ourselves, since the oldest change came that HAProxy does not serve. */
  readonly behindMs: Millis | undefined;
  /** Of the changes that the delays are from, how many came to it last. */
  readonly wasSlowest: number;
}

export interface ConvergenceStatus {
  readonly self: HostStanding;
  readonly delays: Delays;
  /** By name, this host included. */
  readonly hosts: readonly HostStanding[];
  readonly contested: readonly ContestedPort[];
}

/** What is counted from the start on. */
export interface ConvergenceCounters {
  readonly matched: number;
  readonly untold: number;
  /** Not measured because too many changes waited for HAProxy. */
  readonly dropped: number;
  readonly announcements: number;
}

interface Known extends ToldView {
  readonly told: Announcement;
}

/** All hosts together announce some ten times a second at most, and each at most once. */
const MIN_INTERVAL_MS: Millis = 1_000;
const INTERVAL_PER_MEMBER_MS: Millis = 100;
/** Half a beat: news is told at the beat that is nearest to when it is due. */
const BEAT_SLACK_MS: Millis = 500;
/** Gossip, two beats and a busy machine. */
const ON_ITS_WAY_MS: Millis = 5_000;
/** A change is told of again for as long, so that an announcement may be missed. */
const MIN_WINDOW_MS: Millis = 10_000;
const WINDOW_INTERVALS = 3;
/** Longer than the longest delay that can be told. */
const PATIENCE_MS: Millis = 330_000;

/**
 * How long changes take to every proxy of the cluster, and who is behind. Each host measures how long they took to its own HAProxy
 * and tells it in its member metadata; everybody puts together what all tell. Synchronous and without I/O; `beat` is called each second.
 */
export class Convergence {
  private readonly own: OwnDelays;
  private readonly views = new Views();
  private readonly book = new ChangeBook();
  private readonly hosts = new Map<string, Known>();
  private members: readonly Teller[] = [];
  /** Who has our contested ports. */
  private holders: ReadonlyMap<number, number> = new Map();
  /** When we have to tell something, or wait no longer to do so; undefined: there is nothing new. */
  private tellAt: Millis | undefined;
  private announcedAt: Millis = -Infinity;
  private announcements = 0;

  constructor(
    private readonly hostname: string,
    private readonly deps: {
      /** How far a host's clock seems ahead of ours; undefined while nothing is known. */
      readonly skewMs: (host: string) => Millis | undefined;
      readonly clock: Pick<Clock, 'now'>;
      readonly random: Random;
      readonly wall: WallClock;
    },
  ) {
    this.own = new OwnDelays(deps.skewMs);
  }

  get counters(): ConvergenceCounters {
    return { ...this.book.counts, dropped: this.own.dropped, announcements: this.announcements };
  }

  /** The catalog has changed. */
  note(event: ChangeEvent): void {
    this.own.note(event, this.deps.clock.now());
  }

  /**
   * HAProxy has come to serve `view`.
   *
   * @param holders which service has each of the ServicePorts that several want
   */
  serve(view: ServedView, holders: ReadonlyMap<number, string>): void {
    const now = this.deps.clock.now();
    const isSame = view.hash === this.own.served?.hash;
    this.own.serve(view, now, this.deps.wall.nowNs());
    this.views.serve(view.hash, now);
    const tags = new Map([...holders].map(([port, service]) => [port, tagOf(service)]));
    if (!isSame || !sameHolders(tags, this.holders)) this.tellAt ??= now + this.randomWaitMs();
    this.holders = tags;
  }

  /**
   * A second is over.
   *
   * @param members who is believed alive, this host included
   * @returns what this host has to tell now, if anything
   */
  beat(members: readonly Teller[]): Announcement | undefined {
    const now = this.deps.clock.now();
    this.members = members;
    const others = new Map(members.map(({ name, told }) => [name, told]));
    others.delete(this.hostname);
    for (const name of this.hosts.keys()) {
      if (others.get(name)) continue;
      this.hosts.delete(name);
      this.book.lost(name, now);
    }
    // Those that are new may have had their changes before.
    const proxies = new Set([...this.hosts.keys(), ...(this.own.served ? [this.hostname] : [])]);
    for (const [name, told] of others) if (told) this.hear(name, told, proxies, now);
    const announcement = this.announcement(now);
    // Of what we do not tell others, they do not tell us either.
    if (announcement) this.book.report(this.hostname, announcement.samples, proxies, now);
    this.book.tick(PATIENCE_MS, (name) => this.standing(name, now).isBehind, now);
    return announcement;
  }

  /** @param namesAt the services that offer a ServicePort in the catalog */
  status(namesAt: (servicePort: number) => Iterable<string>): ConvergenceStatus {
    const now = this.deps.clock.now();
    const slowest = this.book.slowest();
    const standingOf = (name: string): HostStanding => ({
      name,
      ...this.standing(name, now),
      wasSlowest: slowest.get(name) ?? 0,
    });
    const names = new Set([this.hostname, ...this.members.map(({ name }) => name)]);
    const told = new Map([...this.hosts].map(([name, known]) => [name, known.told.holders]));
    return {
      self: standingOf(this.hostname),
      delays: this.book.delays(),
      hosts: [...names].sort().map(standingOf),
      contested: contestedPorts(told.set(this.hostname, this.holders), namesAt),
    };
  }

  private hear(name: string, told: Announcement, proxies: ReadonlySet<string>, now: Millis): void {
    const known = this.hosts.get(name);
    if (known?.told === told) return;
    this.hosts.set(name, { told, view: told.view, since: known?.view === told.view ? known.since : now });
    // What it told before we listened may have been told by others before, too.
    if (known) this.book.report(name, told.samples, proxies, now);
    else this.book.disregard(told.samples);
  }

  private standing(name: string, now: Millis): Omit<HostStanding, 'name' | 'wasSlowest'> {
    if (name === this.hostname) return this.ownStanding(now);
    const known = this.hosts.get(name);
    if (!known) return { viewHash: undefined, state: 'silent', isBehind: false, behindMs: undefined };
    // Who is ahead of us may be where we were before: an instance that comes back makes an old view the newest.
    const isMeasure = !this.ownStanding(now).isBehind || known.view === this.own.served?.hash;
    const standing = isMeasure ? this.views.compare(known, this.tellingMs, now) : undefined;
    const { state = 'unknown', behindMs } = standing ?? {};
    return { viewHash: known.view, state, isBehind: state === 'behind', behindMs };
  }

  private ownStanding(now: Millis): Omit<HostStanding, 'name' | 'wasSlowest'> {
    const viewHash = this.own.served?.hash;
    if (viewHash === undefined) return { viewHash, state: 'silent', isBehind: false, behindMs: undefined };
    const behindMs = this.own.pendingMs(now) ?? 0;
    const isBehind = behindMs > this.tellingMs;
    const state = isBehind ? 'behind' : behindMs > 0 ? 'changing' : 'level';
    return { viewHash, state, isBehind, behindMs };
  }

  private announcement(now: Millis): Announcement | undefined {
    const view = this.own.served?.hash;
    const { tellAt = Infinity } = this;
    if (view === undefined || now < tellAt || now - this.announcedAt < this.intervalMs - BEAT_SLACK_MS)
      return undefined;
    this.tellAt = undefined;
    this.announcedAt = now;
    this.announcements += 1;
    const windowMs = Math.max(MIN_WINDOW_MS, WINDOW_INTERVALS * this.intervalMs);
    return { view, samples: this.own.lately(windowMs, MAX_SAMPLES, now), holders: this.holders };
  }

  /** One change is news on every host: each tells it at another moment of its interval, as far as that is longer than a beat. */
  private randomWaitMs(): Millis {
    return this.deps.random.below(this.intervalMs - MIN_INTERVAL_MS + 1);
  }

  private get intervalMs(): Millis {
    return Math.max(MIN_INTERVAL_MS, this.members.length * INTERVAL_PER_MEMBER_MS);
  }

  /** How late we may hear of what a host serves. */
  private get tellingMs(): Millis {
    return this.intervalMs + ON_ITS_WAY_MS;
  }
}

const sameHolders = (a: ReadonlyMap<number, number>, b: ReadonlyMap<number, number>): boolean =>
  a.size === b.size && [...a].every(([port, tag]) => b.get(port) === tag);
