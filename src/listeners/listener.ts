import { Doorbell } from '../lib/doorbell.js';
import type { Logger } from '../lib/logger.js';
import type { Clock, Millis, Random, WallClock } from '../lib/ports.js';
import type { TcpProbe } from '../lib/probe.js';
import type { ProblemBoard } from '../lib/problems.js';
import { withoutPassword } from '../lib/printable.js';
import type { Timestamp } from '../service/timestamp.js';
import type { ListenerEvent } from './body.js';
import { Delivery, type DeliveryFault, type ListenerState } from './delivery.js';
import { Poster, type PosterDeps } from './poster.js';
import { Tally } from './tally.js';
import type { ListenerTarget } from './target.js';

export const ROOM = 'listeners';
const AWAY = 'LISTENER_AWAY';
const PROBE_TIMEOUT_MS: Millis = 500;

/** How it stands with one listener. Totals count from the moment when it was added. */
export interface ListenerStatus {
  /** Without its password. */
  readonly url: string;
  readonly source: 'config' | 'service';
  /** `<name>-<id>` of the instance; undefined for one of the configuration. */
  readonly service: string | undefined;
  readonly state: ListenerState;
  /** Events that wait, the one that is being sent included. */
  readonly pending: number;
  readonly delivered: number;
  readonly skipped: number;
  /** Attempts that went wrong. */
  readonly failures: number;
  /** Of the last attempt that went wrong, even if it is over. */
  readonly lastFault: string | undefined;
  readonly lastDeliveredAt: Timestamp | undefined;
}

export interface ListenerDeps extends PosterDeps {
  readonly probe: TcpProbe;
  readonly clock: Clock;
  readonly wall: WallClock;
  readonly random: Random;
  readonly problems: ProblemBoard;
  readonly log: Logger;
}

/** Tells one listener what its `Delivery` decides. */
export class Listener {
  private readonly tally: Tally;
  private readonly delivery: Delivery;
  private readonly poster: Poster;
  private readonly bell = new Doorbell();
  private lastFault: string | undefined;
  private lastDeliveredAt: Timestamp | undefined;

  /**
   * @param hostname the system's name of this host
   * @param totals of all listeners
   */
  constructor(
    private readonly target: ListenerTarget,
    hostname: string,
    totals: Tally,
    private readonly deps: ListenerDeps,
  ) {
    this.tally = new Tally(totals);
    this.delivery = new Delivery(this.tally, deps.random);
    this.poster = new Poster(target.url, hostname, deps);
  }

  offer(event: ListenerEvent): void {
    this.delivery.offer(event);
    this.bell.ring();
  }

  status(): ListenerStatus {
    const { service } = this.target;
    const { delivered, skipped, failures } = this.tally;
    return {
      url: this.shownUrl,
      source: service === undefined ? 'config' : 'service',
      service,
      state: this.delivery.state,
      pending: this.delivery.pending,
      ...{ delivered, skipped, failures },
      lastFault: this.lastFault,
      lastDeliveredAt: this.lastDeliveredAt,
    };
  }

  /** Works until `signal` aborts; what is not delivered then is lost. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.deps;
    while (!signal.aborted) {
      const step = this.delivery.next(clock.now());
      if (step.kind === 'wait') await this.bell.wait(clock, step.forMs, signal);
      else if (step.kind === 'probe') await this.probe(signal);
      else await this.send(step.event, signal);
    }
    this.deps.problems.clear(ROOM, AWAY, this.shownName);
  }

  private get shownName(): string {
    return withoutPassword(this.target.name);
  }

  private get shownUrl(): string {
    return withoutPassword(this.target.url);
  }

  private async send(event: ListenerEvent, signal: AbortSignal): Promise<void> {
    const fault = await this.poster.post(event, signal);
    if (signal.aborted) return;
    if (fault) this.failed(fault);
    else this.taken();
  }

  private async probe(signal: AbortSignal): Promise<void> {
    const { hostname, port, protocol } = new URL(this.target.url);
    const host = hostname.replace(/^\[|\]$/g, '');
    const standardPort = protocol === 'https:' ? 443 : 80;
    const limits = { timeoutMs: PROBE_TIMEOUT_MS, signal };
    const { outcome } = await this.deps.probe({ host, port: Number(port) || standardPort }, limits);
    this.delivery.probed(outcome === 'passed', this.deps.clock.now());
  }

  private taken(): void {
    const { problems, wall, log } = this.deps;
    this.delivery.taken();
    this.lastDeliveredAt = wall.nowNs();
    if (!problems.clear(ROOM, AWAY, this.shownName)) return;
    const { pending, skipped } = this.status();
    log.info('a listener takes changes again', { url: this.shownUrl, pending, skipped });
  }

  private failed(fault: DeliveryFault): void {
    const { problems, clock, log } = this.deps;
    const wasAway = this.delivery.state === 'away';
    this.delivery.failed(fault, clock.now());
    this.lastFault = fault.words;
    if (this.delivery.state !== 'away') return;
    const message = `${this.shownUrl} takes no changes (${fault.words}); it is tried again until it does`;
    problems.raise({ room: ROOM, code: AWAY, subject: this.shownName, message });
    if (!wasAway) log.warn(message, { code: AWAY });
  }
}
