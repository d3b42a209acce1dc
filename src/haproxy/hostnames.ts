import { isIP } from 'node:net';
import { every } from '../lib/every.js';
import type { Clock, Millis } from '../lib/ports.js';
import { sleep } from '../lib/sleep.js';
import { isServerAddress } from './names.js';

/** All addresses of a host, at least one; rejects with the system's error, or when `signal` aborts. */
export type LookupHost = (name: string, signal: AbortSignal) => Promise<readonly string[]>;

export interface HostnamesDeps {
  readonly lookup: LookupHost;
  readonly clock: Clock;
  /** An address was found, or is another one now. */
  readonly onChange: () => void;
}

/** What went on since the start. */
export interface HostnameCounts {
  readonly lookups: number;
  /** Look-ups that brought no address that a server can have, those that took too long included. */
  readonly failures: number;
  /** Names that were not taken, each time they were asked for. */
  readonly refused: number;
}

const MAX_NAMES = 10_000;
const MAX_RUNNING = 8;
const LOOKUP_MS: Millis = 2_000;
/** So long nobody is asked again for a name with an address. */
const FRESH_MS: Millis = 30_000;
/** And so long after a look-up that failed. */
const RETRY_MS: Millis = 5_000;
/** How long names that were never asked for are waited for. */
const PATIENCE_MS: Millis = 1_000;
const LOOK_MS: Millis = 1_000;

interface Name {
  readonly name: string;
  /** The last one that was found: it stays in force when nobody answers. */
  address: string | undefined;
  /** Undefined while it is looked up, or in line for that. */
  dueAt: Millis | undefined;
  /** Aborts with the first answer, be it none. */
  readonly answered: AbortController;
}

/** Addresses of servers that are known by host name: HAProxy resolves no name of a server that is added while it runs. */
export class Hostnames {
  private wanted: ReadonlySet<string> = new Set();
  private readonly names = new Map<string, Name>();
  /** Those that never had an answer go first: behind names that nobody answers they would wait for minutes. */
  private readonly lines = { first: new Set<Name>(), again: new Set<Name>() };
  private running = 0;
  private readonly tally = { lookups: 0, failures: 0, refused: 0 };

  constructor(private readonly deps: HostnamesDeps) {}

  /** Keeps the addresses fresh until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    await every(this.deps.clock, LOOK_MS, signal, () => this.refresh());
  }

  /**
   * Makes these the names that matter: others are forgotten. At most 10,000 are taken, the first ones.
   *
   * @returns when each name that is new has had its first answer, after 1 s at the latest, or when `signal` aborts
   */
  async ensure(names: ReadonlySet<string>, signal: AbortSignal): Promise<void> {
    const fresh = this.want(names);
    if (fresh.length === 0) return;
    const patience = new AbortController();
    let missing = fresh.length;
    for (const { answered } of fresh) {
      answered.signal.addEventListener('abort', () => {
        missing -= 1;
        if (missing === 0) patience.abort();
      });
    }
    this.startNext();
    await sleep(this.deps.clock, PATIENCE_MS, AbortSignal.any([signal, patience.signal]));
  }

  /** @param name an address is its own; undefined for a name that has none, or none yet, or is not among the wanted ones */
  addressOf(name: string): string | undefined {
    return isIP(name) === 0 ? this.names.get(name)?.address : name;
  }

  /** The wanted names that were looked up and never had an address, and those that were not taken. */
  unresolved(): ReadonlySet<string> {
    const hasNone = (name: string): boolean => {
      const known = this.names.get(name);
      return known ? known.answered.signal.aborted && known.address === undefined : isIP(name) === 0;
    };
    return new Set([...this.wanted].filter(hasNone));
  }

  counts(): HostnameCounts {
    return { ...this.tally };
  }

  /** @returns those that are new */
  private want(names: ReadonlySet<string>): readonly Name[] {
    this.wanted = names;
    for (const known of this.names.values()) if (!names.has(known.name)) this.forget(known);
    const fresh: Name[] = [];
    for (const name of names) {
      if (isIP(name) !== 0 || this.names.has(name)) continue;
      if (this.names.size >= MAX_NAMES) {
        this.tally.refused += 1;
        continue;
      }
      const one = { name, address: undefined, dueAt: undefined, answered: new AbortController() };
      this.names.set(name, one);
      this.lines.first.add(one);
      fresh.push(one);
    }
    return fresh;
  }

  private forget(name: Name): void {
    this.names.delete(name.name);
    this.lines.first.delete(name);
    this.lines.again.delete(name);
  }

  private refresh(): void {
    const now = this.deps.clock.now();
    for (const name of this.names.values()) {
      if (name.dueAt === undefined || name.dueAt > now) continue;
      name.dueAt = undefined;
      this.lines.again.add(name);
    }
    this.startNext();
  }

  private startNext(): void {
    for (const line of [this.lines.first, this.lines.again]) {
      for (const name of line) {
        if (this.running >= MAX_RUNNING) return;
        line.delete(name);
        void this.lookUp(name);
      }
    }
  }

  private async lookUp(name: Name): Promise<void> {
    this.running += 1;
    this.tally.lookups += 1;
    const found = await this.addressesOf(name.name);
    this.running -= 1;
    const address = name.address !== undefined && found.includes(name.address) ? name.address : found[0];
    if (address === undefined) this.tally.failures += 1;
    const isChange = address !== undefined && address !== name.address;
    name.address = address ?? name.address;
    name.dueAt = this.deps.clock.now() + (address === undefined ? RETRY_MS : FRESH_MS);
    name.answered.abort();
    if (isChange && this.names.get(name.name) === name) this.deps.onChange();
    this.startNext();
  }

  /** @returns none when the look-up fails: why is the resolver's business, and it is counted */
  private async addressesOf(name: string): Promise<readonly string[]> {
    const tooLate = new AbortController();
    const cancel = this.deps.clock.after(LOOKUP_MS, () => tooLate.abort());
    try {
      const addresses = await this.deps.lookup(name, tooLate.signal);
      return addresses.filter((address) => isIP(address) !== 0 && isServerAddress(address));
    } catch {
      return [];
    } finally {
      cancel();
    }
  }
}
