import { promises as dns, type LookupAddress, type LookupOptions } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import type { Clock, Millis } from '../lib/ports.js';
import { systemClock } from './clock.js';

/** The system's resolver holds a thread for as long as it waits, and there are four for all its look-ups and all files together. */
const MAX_RUNNING = 2;
/** So long an answer is used without asking again: of three checks of a name, one a second, one asks. */
const FRESH_MS: Millis = 3_000;
/** So long an answer is used when asking again brings none. */
const LAST_KNOWN_MS: Millis = 60_000;
/** So long a new answer is waited for before the last known one is used. */
const PATIENCE_MS: Millis = 500;
/** Far more than the checks of one host name. */
const MAX_NAMES = 1_024;

/** All addresses of a name; rejects with the system's error. It cannot be cancelled. */
export type Resolver = (name: string) => Promise<readonly LookupAddress[]>;

/** The look-ups of one probe. */
export interface ProbeLookups {
  /** For the option `lookup` of `net` and `http`. */
  readonly lookup: LookupFunction;
  /** Whether an answer is still waited for. */
  readonly isWaiting: () => boolean;
  /** From now on nothing is answered: the probe is over. */
  readonly end: () => void;
}

interface Name {
  readonly name: string;
  readonly waiters: Set<Waiter>;
  isRunning: boolean;
  /** Whether its last look-up failed. */
  hasFailed: boolean;
  known: { readonly addresses: readonly LookupAddress[]; readonly at: Millis } | undefined;
}

/** Is told once, one or the other. */
interface Waiter {
  readonly answer: (addresses: readonly LookupAddress[]) => void;
  readonly refuse: (error: Error) => void;
}

/**
 * Looks up names for many probes, so that those which nobody answers keep neither the other names nor the files waiting: one
 * look-up of a name at a time, two of all names, of which one is kept from names that failed the last time. The others stand in
 * line; for how long is up to the probe that waits.
 */
export class Lookups {
  /** The least recently asked one first. */
  private readonly names = new Map<string, Name>();
  /** In the order in which they were asked for. A name keeps its place when the probes that asked have given up. */
  private readonly line = new Set<Name>();
  private readonly running = new Set<Name>();

  constructor(private readonly deps: { readonly resolve: Resolver; readonly clock: Clock }) {}

  begin(): ProbeLookups {
    const leaves = new Set<() => void>();
    return {
      lookup: (hostname, options, callback) => {
        const waiter = waiterOf(hostname, options, callback);
        const addresses = withoutResolver(hostname) ?? this.knownOf(this.names.get(hostname), FRESH_MS);
        if (!addresses) this.ask(hostname, waiter, leaves);
        else queueMicrotask(() => waiter.answer(addresses)); // the caller expects no answer before its call returns
      },
      isWaiting: () => leaves.size > 0,
      end: () => {
        for (const leave of leaves) leave();
      },
    };
  }

  private knownOf(name: Name | undefined, withinMs: Millis): readonly LookupAddress[] | undefined {
    return name?.known && this.deps.clock.now() - name.known.at < withinMs ? name.known.addresses : undefined;
  }

  /** Answers later. In `leaves` stands, until then, how to leave without an answer. */
  private ask(hostname: string, { answer, refuse }: Waiter, leaves: Set<() => void>): void {
    const name = this.named(hostname);
    if (!name) {
      const error = new Error(`${hostname} is not looked up: ${MAX_NAMES} names are waiting already`);
      queueMicrotask(() => refuse(error));
      return;
    }
    const leave = (): void => {
      cancelTimer();
      name.waiters.delete(waiter);
      leaves.delete(leave);
    };
    const waiter: Waiter = {
      answer: (addresses) => {
        leave();
        answer(addresses);
      },
      refuse: (error) => {
        leave();
        refuse(error);
      },
    };
    const lastKnown = this.knownOf(name, LAST_KNOWN_MS);
    const cancelTimer = lastKnown
      ? this.deps.clock.after(PATIENCE_MS, () => waiter.answer(lastKnown))
      : () => undefined;
    name.waiters.add(waiter);
    leaves.add(leave);
    if (!name.isRunning) this.line.add(name);
    this.startNext();
  }

  /** @returns undefined when there are too many that cannot be forgotten */
  private named(hostname: string): Name | undefined {
    const name = this.names.get(hostname) ?? {
      name: hostname,
      waiters: new Set(),
      isRunning: false,
      hasFailed: false,
      known: undefined,
    };
    if (!this.names.delete(hostname) && this.names.size >= MAX_NAMES) {
      const idle = [...this.names.values()].find((other) => !other.isRunning && !this.line.has(other));
      if (!idle) return undefined;
      this.names.delete(idle.name);
    }
    this.names.set(hostname, name);
    return name;
  }

  private startNext(): void {
    for (const name of this.line) {
      if (this.running.size >= MAX_RUNNING) return;
      const failedRunning = [...this.running].filter(({ hasFailed }) => hasFailed).length;
      if (name.hasFailed && failedRunning >= MAX_RUNNING - 1) continue;
      this.line.delete(name);
      void this.run(name);
    }
  }

  private async run(name: Name): Promise<void> {
    this.running.add(name);
    name.isRunning = true;
    let failure: Error | undefined;
    try {
      const addresses = await this.deps.resolve(name.name);
      name.known = { addresses, at: this.deps.clock.now() };
    } catch (error) {
      failure = error as Error;
    }
    this.running.delete(name);
    name.isRunning = false;
    name.hasFailed = failure !== undefined;
    const addresses = this.knownOf(name, LAST_KNOWN_MS);
    for (const waiter of name.waiters) {
      if (addresses) waiter.answer(addresses);
      else waiter.refuse(failure ?? notFound(name.name));
    }
    this.startNext();
  }
}

/** Addresses that are known without asking anybody: those of a literal one and of `localhost`. */
function withoutResolver(hostname: string): readonly LookupAddress[] | undefined {
  const family = isIP(hostname);
  if (family !== 0) return [{ address: hostname, family }];
  return hostname.toLowerCase() === 'localhost' ? LOOPBACK : undefined;
}

const LOOPBACK: readonly LookupAddress[] = [
  { address: '127.0.0.1', family: 4 },
  { address: '::1', family: 6 },
];

function waiterOf(
  hostname: string,
  { all, family: asked = 0 }: LookupOptions,
  callback: Parameters<LookupFunction>[2],
): Waiter {
  const family = Number(String(asked).replace('IPv', ''));
  const refuse = (error: Error): void => callback(error, []);
  return {
    answer: (addresses) => {
      const usable = addresses.filter((one) => family === 0 || one.family === family);
      const [first] = usable;
      if (!first) refuse(notFound(hostname));
      else if (all) callback(null, usable);
      else callback(null, first.address, first.family);
    },
    refuse,
  };
}

const notFound = (name: string): Error => Object.assign(new Error(`${name} has no address`), { code: 'ENOTFOUND' });

/** The one for all probes of this process, since they share its threads. */
export const systemLookups = new Lookups({
  resolve: (name) => dns.lookup(name, { all: true, verbatim: true }),
  clock: systemClock,
});
