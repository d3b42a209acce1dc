import { Doorbell } from '../lib/doorbell.js';
import { errnoOf, messageOf } from '../lib/fault.js';
import type { SocketAddress } from '../lib/ip-address.js';
import type { Component } from '../lib/lifecycle.js';
import type { Logger } from '../lib/logger.js';
import type { Clock, Millis } from '../lib/ports.js';
import { aborted } from '../lib/sleep.js';
import type { ForwardTcp } from '../lib/tcp-forward.js';
import type { TcpListener } from '../lib/tcp-socket.js';
import type { Finding } from './overview.js';

/** What a ServicePort leads to. */
export interface Route {
  readonly service: string;
  readonly servicePort: number;
  /** Empty: connections are taken and closed. */
  readonly targets: readonly SocketAddress[];
}

/** A port that is busy is tried again so often. */
const RETRY_MS: Millis = 2_000;

interface Taken {
  route: Route;
  /** How many connections were handed on: the next one begins with the target after. */
  turn: number;
  readonly listener: TcpListener;
}

/** Stands where HAProxy would when there is none: takes the ServicePorts itself, and hands each connection to an instance, by turns. */
export class Forwarder implements Component {
  readonly name = 'forwarder';
  private readonly taken = new Map<number, Taken>();
  private readonly refused = new Map<number, Finding>();
  private readonly bell = new Doorbell();
  /** How often the routes may have changed, and how many of these times have been followed. */
  private changes = 1;
  private followed = 0;
  private drops = 0;

  /** @param deps.routes at most one for each ServicePort */
  constructor(
    private readonly options: { readonly bindIp: string },
    private readonly deps: {
      readonly routes: () => readonly Route[];
      /** Nothing is taken before: of two services that want one port the one that is seen first must not win by that. */
      readonly settled: Promise<void>;
      readonly forward: ForwardTcp;
      readonly clock: Clock;
      readonly log: Logger;
    },
  ) {}

  /** What the routes lead to may have changed. */
  changed(): void {
    this.changes += 1;
    this.bell.ring();
  }

  /** Whether it has taken, or tried to take, all that the routes say. */
  get isCurrent(): boolean {
    return this.followed === this.changes;
  }

  /** Which service has which ServicePort. */
  get holders(): ReadonlyMap<number, string> {
    return new Map([...this.taken].map(([port, { route }]) => [port, route.service]));
  }

  /** The ServicePorts that cannot be had. */
  get refusals(): readonly Finding[] {
    return [...this.refused.values()];
  }

  /** Connections that were closed because there were too many. */
  get dropped(): number {
    return this.drops;
  }

  async run(signal: AbortSignal, ready: () => void): Promise<void> {
    ready();
    await Promise.race([this.deps.settled, aborted(signal)]);
    while (!signal.aborted) {
      await this.settle(this.deps.routes());
      await this.bell.wait(this.deps.clock, RETRY_MS, signal);
    }
    await this.settle([]);
  }

  private async settle(routes: readonly Route[]): Promise<void> {
    const { changes } = this;
    const wanted = new Map(routes.map((route) => [route.servicePort, route]));
    for (const port of this.refused.keys()) if (!wanted.has(port)) this.refused.delete(port);
    for (const [port, { listener }] of this.taken) {
      if (wanted.has(port)) continue;
      this.taken.delete(port);
      await listener.close();
    }
    for (const route of routes) {
      const taken = this.taken.get(route.servicePort);
      if (taken) taken.route = route;
      else await this.take(route);
    }
    this.followed = changes;
  }

  private async take(route: Route): Promise<void> {
    const { servicePort: port, service } = route;
    const { forward, log } = this.deps;
    try {
      const listener = await forward(
        { address: this.options.bindIp, port },
        { targets: () => this.targets(port), onDropped: () => void (this.drops += 1) },
      );
      this.taken.set(port, { route, turn: 0, listener });
      this.refused.delete(port);
      log.info('a ServicePort is forwarded', { service, port });
    } catch (error) {
      const finding = refusalOf(route, error);
      if (this.refused.get(port)?.message !== finding.message) log.warn(finding.message, { service, port });
      this.refused.set(port, finding);
    }
  }

  /** All targets of a port, another one first each time. */
  private targets(port: number): readonly SocketAddress[] {
    const taken = this.taken.get(port);
    if (!taken) return [];
    const { targets } = taken.route;
    const first = taken.turn % Math.max(1, targets.length);
    taken.turn += 1;
    return [...targets.slice(first), ...targets.slice(0, first)];
  }
}

function refusalOf({ service, servicePort }: Route, error: unknown): Finding {
  const errno = errnoOf(error);
  const message = `its ServicePort ${servicePort} cannot be had (${messageOf(error)}): ${adviceOn(errno)}`;
  return { service, servicePort, code: 'SERVICE_PORT_UNAVAILABLE', message };
}

function adviceOn(errno: string | undefined): string {
  if (errno === 'EADDRINUSE') return 'end the program that has it, or choose another ServicePort';
  if (errno === 'EACCES') return 'ports below 1024 are for root, choose a higher one';
  return 'choose another ServicePort';
}
