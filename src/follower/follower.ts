import type { HttpGet } from '../lib/http-get.js';
import type { Component } from '../lib/lifecycle.js';
import type { Logger } from '../lib/logger.js';
import type { Clock, Millis, Random } from '../lib/ports.js';
import { withoutPassword } from '../lib/printable.js';
import type { ProblemBoard } from '../lib/problems.js';
import { sleep } from '../lib/sleep.js';
import { formatTimestamp } from '../service/timestamp.js';
import { EMPTY_HOLD_MS, isHollow, isOlder, isSameSource, KNOWS_NOTHING } from './doubt.js';
import type { Mirror } from './mirror.js';
import { UpstreamSession } from './session.js';
import { UpstreamApi } from './upstream-api.js';
import { sentenceOf } from './update.js';
import type { UpstreamFault } from './upstream-fault.js';
import type { UpstreamState } from './upstream-state.js';

const ROOM = 'follower';
const [MIN_PAUSE_MS, MAX_PAUSE_MS]: readonly [Millis, Millis] = [250, 5_000];
/** Who has been followed for so long is well: what was wrong before is over. */
const STEADY_MS: Millis = 5_000;

export interface FollowStatus {
  /** Who is followed now, without a password. */
  readonly upstream: string | undefined;
  /** Whether its stream is open. */
  readonly connected: boolean;
  /** Since the held state was received; undefined before the first. */
  readonly stateAgeMs: Millis | undefined;
  /** Ends of a connection, and attempts that led to none, since the start. */
  readonly failures: number;
  /** The last of them, whether or not it is over. */
  readonly lastFault: string | undefined;
}

interface Upstream {
  readonly base: string;
  /** Its URL without a password. */
  readonly name: string;
  /** Since when it answers without knowing anything to route. */
  emptySince: Millis | undefined;
}

/**
 * Keeps the mirror at what an upstream believes. Stays with one until it fails, then goes on to the next at once; when all have failed
 * in a row, after a pause that grows. Whatever fails, the last good state is held, and for ever when nobody is there any more.
 */
export class Follower implements Component {
  readonly name = 'follower';
  private readonly upstreams: readonly Upstream[];
  private followed: string | undefined;
  /** Who is followed by the log, where failures that repeat are told once, and so is what follows them. */
  private told: string | undefined;
  private isConnected = false;
  private isLost = false;
  private failures = 0;
  /** Since an upstream was last steady. */
  private failuresInARow = 0;
  private lastFault: string | undefined;

  /** @param options.upstreams at least one, the preferred first; http or https URLs without a path */
  constructor(
    options: { readonly upstreams: readonly { readonly url: string }[] },
    private readonly deps: {
      readonly mirror: Mirror;
      readonly http: HttpGet;
      readonly clock: Clock;
      readonly random: Random;
      readonly problems: ProblemBoard;
      readonly log: Logger;
    },
  ) {
    this.upstreams = options.upstreams.map(({ url }) => {
      const base = url.replace(/\/+$/, '');
      return { base, name: withoutPassword(base), emptySince: undefined };
    });
  }

  status(): FollowStatus {
    const { followed, isConnected, failures, lastFault, deps } = this;
    return {
      upstream: followed,
      connected: isConnected,
      stateAgeMs: deps.mirror.ageMs(),
      failures,
      lastFault,
    };
  }

  async run(signal: AbortSignal, ready: () => void): Promise<void> {
    ready(); // an absent upstream must not keep HAProxy from serving what is held
    const { clock, random } = this.deps;
    while (true) {
      for (const upstream of this.upstreams) {
        await this.followUntilItFails(upstream, signal);
        if (signal.aborted) return;
        const rounds = this.failuresInARow / this.upstreams.length;
        if (!Number.isInteger(rounds)) continue;
        this.lost();
        await sleep(clock, pauseMs(rounds, random), signal);
      }
    }
  }

  /** An idle stream is no failure: it is opened anew. */
  private async followUntilItFails(upstream: Upstream, signal: AbortSignal): Promise<void> {
    let fault: UpstreamFault | undefined;
    while (!fault && !signal.aborted) fault = await this.follow(upstream, signal);
    if (fault && !signal.aborted) this.failed(upstream, fault);
  }

  /** One session. @returns undefined when it was merely idle */
  private async follow(upstream: Upstream, signal: AbortSignal): Promise<UpstreamFault | undefined> {
    const { http, clock, log } = this.deps;
    const { name } = upstream;
    const api = new UpstreamApi(upstream.base, { http, clock });
    let hasTaken = false;
    let cancelSteady = (): void => undefined;
    const session = new UpstreamSession({
      api,
      clock,
      listener: {
        take: (received) => {
          const fault = this.doubt(upstream, received, !hasTaken);
          if (fault) return fault;
          hasTaken = true;
          this.take(upstream, received);
          return undefined;
        },
        onFollowing: (stream) => {
          if (name !== this.told) log.info('following an upstream', { upstream: name, api: `${api.prefix}/`, stream });
          this.followed = this.told = name;
          this.isConnected = true;
          cancelSteady();
          cancelSteady = clock.after(STEADY_MS, () => this.steady());
        },
      },
    });
    const fault = await session.run(signal);
    cancelSteady();
    this.isConnected = false;
    return fault;
  }

  /** Why a state is not taken in the place of the held one. */
  private doubt(upstream: Upstream, { state }: UpstreamState, isFirst: boolean): UpstreamFault | undefined {
    const { mirror, clock } = this.deps;
    const { held } = mirror;
    if (held && isSameSource({ from: upstream.name, state }, held) && isOlder(state, held)) {
      const message = `its state of ${formatTimestamp(state.lastChanged)} is older than what it has said before`;
      return { code: 'UPSTREAM_OLDER', message };
    }
    if (!isFirst || !isHollow(state) || (held && isHollow(mirror.snapshot()))) return undefined;
    const now = clock.now();
    upstream.emptySince ??= now;
    if (now - upstream.emptySince >= EMPTY_HOLD_MS) return undefined;
    return { code: 'UPSTREAM_EMPTY', message: `it ${KNOWS_NOTHING}` };
  }

  private take(upstream: Upstream, { state, faults }: UpstreamState): void {
    const { mirror, problems, log } = this.deps;
    const { name: from } = upstream;
    upstream.emptySince = undefined;
    mirror.replace(state, from);
    const [first] = faults;
    const code = 'UPSTREAM_RECORDS_REFUSED';
    if (!first && problems.clear(ROOM, code, from)) log.info('all records are taken again', { upstream: from });
    problems.clearExcept(ROOM, code, new Set(first ? [from] : []));
    if (!first) return;
    const message = `${faults.length} parts of the state of ${from} are left out, the first: ${sentenceOf(first)}`;
    if (problems.raise({ room: ROOM, code, subject: from, message })) log.warn(message, { code });
  }

  private failed(upstream: Upstream, { code, message }: UpstreamFault): void {
    const { problems, log } = this.deps;
    const { name } = upstream;
    if (code !== 'UPSTREAM_EMPTY') upstream.emptySince = undefined;
    this.followed = undefined;
    this.failures += 1;
    this.failuresInARow += 1;
    this.lastFault = `${name}: ${message}`;
    for (const other of CODES) if (other !== code) problems.clear(ROOM, other, name);
    if (!problems.raise({ room: ROOM, code, subject: name, message: this.lastFault })) return;
    this.told = undefined;
    log.warn('an upstream is not followed', { upstream: name, code, why: message });
  }

  /** Nobody is left to ask. */
  private lost(): void {
    const { mirror, problems, log } = this.deps;
    const { held } = mirror;
    const what = held
      ? `what ${held.from} said is held, received last at ${formatTimestamp(held.at)}`
      : 'no state has ever come';
    const message = `no upstream can be followed: ${what}`;
    problems.raise({ room: ROOM, code: 'UPSTREAM_LOST', subject: '', message });
    if (!this.isLost) log.warn(message, { code: 'UPSTREAM_LOST' });
    this.isLost = true;
  }

  private steady(): void {
    const { problems, log } = this.deps;
    this.failuresInARow = 0;
    for (const code of CODES) problems.clearExcept(ROOM, code, new Set());
    problems.clear(ROOM, 'UPSTREAM_LOST');
    if (this.isLost) log.info('an upstream is followed again', { upstream: this.followed });
    this.isLost = false;
  }
}

const CODES: readonly UpstreamFault['code'][] = ['UPSTREAM_FAILED', 'UPSTREAM_EMPTY', 'UPSTREAM_OLDER'];

/** Between a quarter of a second and 5 s, twice as long with each round, its second half at random. */
function pauseMs(round: number, random: Random): Millis {
  const longest = Math.min(MAX_PAUSE_MS, MIN_PAUSE_MS * 2 ** Math.min(round, 10));
  return longest / 2 + random.below(longest / 2 + 1);
}
