import { messageOf } from '../../lib/fault.js';
import { canonicalAddress, formatAddress } from '../../lib/ip-address.js';
import type { Logger } from '../../lib/logger.js';
import type { Millis } from '../../lib/ports.js';
import type { Result } from '../../lib/result.js';
import type { Endpoint } from '../core/ports.js';
import type { DriverCounters } from './counters.js';
import type { Deadlines } from './deadlines.js';
import { FailureLog } from './failure-log.js';
import { Lane } from './lane.js';
import type { StreamFault } from './stream-fault.js';

/** A host to join through, as the operator names it. */
export interface SeedAddress {
  /** A name, or an address without brackets. */
  readonly host: string;
  /** Undefined: our own port. */
  readonly port: number | undefined;
}

/** All addresses of a name; rejects with the system's error, or when `signal` aborts. */
export type Lookup = (host: string, signal: AbortSignal) => Promise<readonly string[]>;

/** Joins of each kind that run at once. */
const AT_ONCE = 8;
/** Those that wait, of each kind; what is given up comes again with the next round. */
const MAX_WAITING = 1024;

type Outcome = 'joined' | 'ourselves' | 'failed';

export interface JoinerOptions {
  readonly bind: Endpoint;
  readonly advertise: Endpoint;
  readonly seeds: readonly SeedAddress[];
  /** For the look-up of a seed's name. */
  readonly timeoutMs: Millis;
}

/** Finds the cluster: tries every address of every seed, and peers that were there before. */
export class Joiner {
  private readonly seedLane: Lane;
  private readonly peerLane: Lane;
  private readonly underWay = new Map<string, Promise<Outcome>>();
  private readonly failures: FailureLog;
  private seedsAreAsked = false;

  constructor(
    private readonly options: JoinerOptions,
    private readonly deps: {
      readonly lookup: Lookup;
      /** A push/pull that joins; its failure is told in the result only. Never rejects. */
      readonly exchange: (to: Endpoint) => Promise<Result<undefined, StreamFault>>;
      /** Whether a member is there that we are in touch with: no need to join it, and in a large cluster everybody would. */
      readonly isPresent: (at: Endpoint) => boolean;
      /** Every seed was tried. `answered`: one of them did, or there is none but ourselves. */
      readonly onSeedsTried: (answered: boolean) => void;
      readonly counters: DriverCounters;
      readonly deadlines: Deadlines;
      readonly log: Logger;
    },
  ) {
    this.seedLane = new Lane(deps.counters, AT_ONCE, MAX_WAITING);
    this.peerLane = new Lane(deps.counters, AT_ONCE, MAX_WAITING);
    this.failures = new FailureLog(deps.log);
  }

  /** Begins to try the seeds and `peers`; what is being tried already is not tried twice. */
  join(peers: readonly Endpoint[]): void {
    if (this.options.seeds.length > 0 && !this.seedsAreAsked) void this.joinSeeds();
    for (const peer of peers) void this.tryIn(this.peerLane, peer);
  }

  private async joinSeeds(): Promise<void> {
    this.seedsAreAsked = true;
    const outcomes = await Promise.all(this.options.seeds.map((seed) => this.joinThrough(seed)));
    this.seedsAreAsked = false;
    if (this.deps.deadlines.isStopped) return;
    this.deps.onSeedsTried(outcomes.includes('joined') || outcomes.every((outcome) => outcome === 'ourselves'));
  }

  /** Tries every address of a seed (PROTOCOL 16). */
  private async joinThrough(seed: SeedAddress): Promise<Outcome> {
    const endpoints = await this.addressesOf(seed);
    const outcomes = await Promise.all(endpoints.map((endpoint) => this.tryIn(this.seedLane, endpoint)));
    if (outcomes.includes('joined')) return 'joined';
    return outcomes.includes('ourselves') ? 'ourselves' : 'failed';
  }

  private tryIn(lane: Lane, endpoint: Endpoint): Promise<Outcome> {
    const key = formatAddress(endpoint);
    const running = this.underWay.get(key);
    if (running) return running;
    const trying = lane
      .run(() => this.attempt(endpoint))
      .then((outcome) => {
        this.underWay.delete(key);
        return outcome ?? 'failed';
      });
    this.underWay.set(key, trying);
    return trying;
  }

  private async attempt(endpoint: Endpoint): Promise<Outcome> {
    if (this.isOurs(endpoint)) return 'ourselves';
    if (this.deps.isPresent(endpoint)) return 'joined';
    const subject = `cannot join through ${formatAddress(endpoint)}`;
    const exchanged = await this.deps.exchange(endpoint);
    if (exchanged.ok) {
      this.failures.succeeded(subject);
      return 'joined';
    }
    const { code, detail } = exchanged.fault;
    if (code === 'OURSELVES') return 'ourselves';
    if (code !== 'STOPPED') this.failures.failed(subject, detail, { code });
    return 'failed';
  }

  /** @returns none when the name has none; the reason is logged */
  private addressesOf({ host, port }: SeedAddress): Promise<readonly Endpoint[]> {
    const { timeoutMs, bind } = this.options;
    return this.deps.deadlines.within(timeoutMs, async (signal) => {
      const subject = `cannot find the seed ${host}`;
      try {
        const addresses = await this.deps.lookup(host, signal);
        this.failures.succeeded(subject);
        return addresses.map((address) => ({ address: canonicalAddress(address), port: port ?? bind.port }));
      } catch (error) {
        if (!this.deps.deadlines.isStopped) this.failures.failed(subject, messageOf(error));
        return [];
      }
    });
  }

  private isOurs({ address, port }: Endpoint): boolean {
    const { bind, advertise } = this.options;
    return [bind, advertise].some((own) => own.address === address && own.port === port);
  }
}
