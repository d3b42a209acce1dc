import type { Millis } from '../../src/lib/ports.js';
import type { Agenda } from './agenda.js';
import type { SeededRandom } from './random.js';
import type { Trace } from './trace.js';

/** How packets fare on their way. */
export interface Weather {
  /** Share of the packets that vanish, 0 to 1. */
  readonly loss: number;
  /** Share of the packets that arrive twice. */
  readonly duplication: number;
  /** Share of the packets that are held up for `detourMs` more, and overtaken by later ones. */
  readonly reordering: number;
  readonly latencyMs: readonly [from: Millis, to: Millis];
  readonly detourMs: Millis;
}

/** A pair of machines between which nothing gets through, in this direction. */
export type Cut = (from: number, to: number) => boolean;

/** The first pause before TCP sends a SYN again, and any other segment; each further one is twice as long. */
const SYN_RETRY_MS: Millis = 1_000;
const SEGMENT_RETRY_MS: Millis = 200;

/**
 * What lies between the machines, which are numbers here. Packets may vanish, double, and overtake each other; what goes by
 * stream is sent again until it arrives or its time is up.
 */
export class Network {
  private readonly cuts = new Set<Cut>();
  packets = 0;
  bytes = 0;

  constructor(
    public weather: Weather,
    private readonly deps: { readonly agenda: Agenda; readonly random: SeededRandom; readonly trace: Trace },
  ) {}

  /** From now on nothing gets through where `isCut`; returns the end of that. */
  cut(isCut: Cut): () => void {
    this.cuts.add(isCut);
    return () => void this.cuts.delete(isCut);
  }

  /** Sends a packet of so many bytes; it may arrive never, once, or twice. */
  sendPacket(from: number, to: number, bytes: number, arrive: () => void): void {
    const { random, trace } = this.deps;
    this.packets += 1;
    this.bytes += bytes;
    const arrives = this.getsThrough(from, to);
    trace.add(this.deps.agenda.now, from, to, bytes, arrives ? 1 : 0);
    if (!arrives) return;
    this.deliver(arrive);
    if (random.chance(this.weather.duplication)) this.deliver(arrive);
  }

  /** Opens a connection: each attempt takes a packet there and one back. Given up when it is not `inTime` any more. */
  connect(from: number, to: number, inTime: () => boolean, opened: () => void): void {
    this.persist(() => this.getsThrough(from, to) && this.getsThrough(to, from), SYN_RETRY_MS, inTime, opened);
  }

  /** Sends something on an open connection. */
  sendSegment(from: number, to: number, bytes: number, inTime: () => boolean, arrive: () => void): void {
    this.bytes += bytes;
    this.deps.trace.add(this.deps.agenda.now, from, to, bytes);
    this.persist(() => this.getsThrough(from, to), SEGMENT_RETRY_MS, inTime, arrive);
  }

  private persist(attempt: () => boolean, retryMs: Millis, inTime: () => boolean, arrive: () => void): void {
    if (!inTime()) return;
    if (attempt()) this.deliver(arrive);
    else this.deps.agenda.after(retryMs, () => this.persist(attempt, retryMs * 2, inTime, arrive));
  }

  private deliver(arrive: () => void): void {
    const { random, agenda } = this.deps;
    const { latencyMs, reordering, detourMs } = this.weather;
    const detour = random.chance(reordering) ? random.below(detourMs + 1) : 0;
    agenda.after(random.between(...latencyMs) + detour, arrive);
  }

  private getsThrough(from: number, to: number): boolean {
    for (const isCut of this.cuts) if (isCut(from, to)) return false;
    return !this.deps.random.chance(this.weather.loss);
  }
}
