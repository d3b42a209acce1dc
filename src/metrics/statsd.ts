import { messageOf } from '../lib/fault.js';
import { formatAddress, type SocketAddress } from '../lib/ip-address.js';
import type { Component } from '../lib/lifecycle.js';
import type { Logger } from '../lib/logger.js';
import type { Clock, Millis } from '../lib/ports.js';
import type { ProblemBoard } from '../lib/problems.js';
import { sleep } from '../lib/sleep.js';
import type { BindUdp, UdpSocket } from '../lib/udp-socket.js';
import { statsdLine, StatsdPackets } from './statsd-packets.js';

const PREFIX = 'sidecar';
/** A line waits so long for others that go with it (contract section 11). */
const FLUSH_AFTER_MS: Millis = 100;
const FACTS_EVERY_MS: Millis = 1000;
/** The server's name is looked up anew after so many seconds, or when that failed before. */
const SESSION_SECONDS = 60;
const RETRY_MS: Millis = 10_000;
/** Datagrams that are still with the system; more wait here, so that a burst does not run over the server's buffer. */
const MAX_IN_FLIGHT = 64;

/** What is told each second, by name without the prefix. */
export interface StatsdFacts {
  readonly gauges: Readonly<Record<string, number>>;
  /** Each only rises; what it rose by is told. */
  readonly totals: Readonly<Record<string, number>>;
}

/** What became of what was to be sent, from the start of the agent. */
export interface StatsdNumbers {
  readonly sent: number;
  readonly failed: number;
  readonly droppedLines: number;
}

/** A socket, and where it sends to. */
interface Session {
  readonly udp: UdpSocket;
  readonly server: SocketAddress;
  inFlight: number;
}

/**
 * Sends figures to a statsd server, under the names of the original (contract section 11). Nobody ever waits for it: what cannot be
 * sent is dropped and counted, and that the server cannot be reached is a problem on the board until it can. What is told before
 * `run` is not sent.
 */
export class Statsd implements Component {
  readonly name = 'statsd';
  private readonly packets = new StatsdPackets();
  private readonly told = new Map<string, number>();
  private session: Session | undefined;
  private isRunning = false;
  private disarm: (() => void) | undefined;
  private collections = 0;
  private collectedNs = 0;
  private sent = 0;
  private failed = 0;

  /** @param options.hostname stands in the names of gauges */
  constructor(
    private readonly options: { readonly host: string; readonly port: number; readonly hostname: string },
    private readonly deps: {
      readonly read: () => StatsdFacts;
      /** Tells how long each garbage collection took; returns its end. */
      readonly onGarbageCollection: (tell: (tookMs: Millis) => void) => () => void;
      readonly bindUdp: BindUdp;
      /** All addresses of a name; rejects with the system's error, or when `signal` aborts. */
      readonly lookup: (host: string, signal: AbortSignal) => Promise<readonly string[]>;
      readonly clock: Clock;
      readonly problems: ProblemBoard;
      readonly log: Logger;
    },
  ) {}

  get numbers(): StatsdNumbers {
    return { sent: this.sent, failed: this.failed, droppedLines: this.packets.dropped };
  }

  /** Tells how long something took. */
  took(name: string, tookMs: Millis): void {
    this.put(statsdLine(`${PREFIX}.${name}`, tookMs, 'ms'));
  }

  /** Tells what something of this host is now. */
  gauge(name: string, value: number): void {
    this.put(statsdLine(`${PREFIX}.${this.options.hostname}.${name}`, value, 'g'));
  }

  /** Ready at once: a server that is not there keeps nobody from starting. */
  async run(signal: AbortSignal, ready: () => void): Promise<void> {
    this.isRunning = true;
    const endWatch = this.deps.onGarbageCollection((tookMs) => this.collected(tookMs));
    ready();
    while (!signal.aborted) {
      const session = await this.open(signal);
      if (session) await this.serve(session, signal);
      else await sleep(this.deps.clock, RETRY_MS, signal);
    }
    this.isRunning = false;
    endWatch();
    this.disarm?.();
  }

  private async open(signal: AbortSignal): Promise<Session | undefined> {
    const { host, port } = this.options;
    try {
      const [address] = await this.deps.lookup(host, signal);
      if (address === undefined) throw new Error(`${host} has no address`);
      const any = address.includes(':') ? '::' : '0.0.0.0';
      const udp = await this.deps.bindUdp(
        { address: any, port: 0 },
        { onDatagram: () => undefined, onError: (error) => this.unreachable(messageOf(error)) },
      );
      return { udp, server: { address, port }, inFlight: 0 };
    } catch (error) {
      if (!signal.aborted) this.unreachable(messageOf(error));
      return undefined;
    }
  }

  private async serve(session: Session, signal: AbortSignal): Promise<void> {
    this.session = session;
    for (let second = 0; second < SESSION_SECONDS && !signal.aborted; second += 1) {
      await sleep(this.deps.clock, FACTS_EVERY_MS, signal);
      this.tellFacts();
    }
    this.flush();
    this.session = undefined;
    await session.udp.close();
  }

  private tellFacts(): void {
    const { gauges, totals } = this.deps.read();
    for (const [name, value] of Object.entries(gauges)) this.gauge(name, value);
    this.gauge('runtime.total_gc_pause_ns', this.collectedNs);
    this.gauge('runtime.total_gc_runs', this.collections);
    for (const [name, total] of Object.entries(totals)) {
      const rise = total - (this.told.get(name) ?? 0);
      this.told.set(name, total);
      if (rise > 0) this.put(statsdLine(`${PREFIX}.${name}`, rise, 'c'));
    }
  }

  /** The original gives nanoseconds out as milliseconds here. */
  private collected(tookMs: Millis): void {
    const tookNs = tookMs * 1e6;
    this.collections += 1;
    this.collectedNs += tookNs;
    this.took('runtime.gc_pause_ns', tookNs);
  }

  private put(line: string): void {
    if (!this.isRunning) return;
    this.packets.add(line);
    this.arm();
  }

  private arm(): void {
    this.disarm ??= this.deps.clock.after(FLUSH_AFTER_MS, () => this.flush());
  }

  private flush(): void {
    this.disarm?.();
    this.disarm = undefined;
    const { session } = this;
    while (session && session.inFlight < MAX_IN_FLIGHT) {
      const packet = this.packets.take();
      if (!packet) return;
      session.inFlight += 1;
      session.udp.send(packet, session.server, (errno) => {
        session.inFlight -= 1;
        this.wasSent(errno);
      });
    }
    if (session && !this.packets.isEmpty) this.arm();
  }

  private wasSent(errno: string | undefined): void {
    if (errno !== undefined) {
      this.failed += 1;
      this.unreachable(errno);
      return;
    }
    this.sent += 1;
    if (this.deps.problems.clear('statsd', 'STATSD_UNREACHABLE'))
      this.deps.log.info('the statsd server is reached again');
  }

  private unreachable(why: string): void {
    const { problems, log } = this.deps;
    const server = formatAddress({ address: this.options.host, port: this.options.port });
    const message = `figures cannot be sent to the statsd server at ${server} (stats_addr): ${why}; they are dropped until they can`;
    if (problems.raise({ room: 'statsd', code: 'STATSD_UNREACHABLE', subject: '', message })) log.warn(message);
  }
}
