import type { Logger } from '../../lib/logger.js';
import type { Millis } from '../../lib/ports.js';
import { addressBytes } from '../wire/address.js';
import type { Awareness } from './awareness.js';
import { underName } from './cluster-name.js';
import type { Counters } from './counters.js';
import type { Courier } from './courier.js';
import { sameEndpoint, type Entry, type MemberTable } from './member-table.js';
import type { Accusation } from './membership.js';
import { Once } from './once.js';
import type { Endpoint, GossipEffects, GossipOptions } from './ports.js';
import type { Sequence } from './sequence.js';
import { UNDERSTANDS } from './versions.js';

interface Probe {
  readonly target: Entry;
  /** As it was at the start: a target that has refuted in the meantime is not accused. */
  readonly incarnation: number;
  readonly seqNo: number;
  readonly startedAt: Millis;
  /** When it has failed: P after its start. */
  readonly end: Millis;
  phase: 'direct' | 'indirect';
  /** When this phase ends. */
  deadline: Millis;
  expectsNacks: boolean;
  missingNacks: number;
  answeredByStream: boolean;
}

/** Often enough for what lives for 80 s, seldom enough when UDP is blocked everywhere. */
const EXCHANGE_WITH_DEAF_MS: Millis = 20_000;
const DEAF_MEMBERS_REMEMBERED = 256;

/**
 * One failure detection at a time (PROTOCOL 13):
 *
 * ```
 *          ping            no ack in ProbeTimeout            nothing until T + P
 *   idle ────────▶ direct ───────────────────────▶ indirect ─────────────────────▶ accuse, idle
 *                    │     ask helpers, ping by stream   │
 *                    └──────────────▶ idle ◀─────────────┘  any ack
 * ```
 */
export class Prober {
  private probe: Probe | undefined;
  /** The last failure, whose nacks may still come. */
  private failed: { readonly seqNo: number; missingNacks: number } | undefined;
  private nextExchange: Millis = -Infinity;
  private readonly deaf = new Once(DEAF_MEMBERS_REMEMBERED);

  constructor(
    private readonly options: Pick<
      GossipOptions,
      'clusterName' | 'probeIntervalMs' | 'probeTimeoutMs' | 'indirectChecks'
    >,
    private readonly deps: {
      readonly table: MemberTable;
      readonly courier: Courier;
      readonly awareness: Awareness;
      readonly sequence: Sequence;
      readonly effects: Pick<GossipEffects, 'pingByStream' | 'pushPull'>;
      readonly counters: Counters;
      readonly log: Logger;
      /** `node` has not answered in any way. */
      readonly accuse: (accusation: Accusation, now: Millis) => void;
      /** It has ended: so long it took until the answer, or until there was none. */
      readonly onProbed: ((tookMs: Millis) => void) | undefined;
    },
  ) {}

  get busy(): boolean {
    return this.probe !== undefined;
  }

  /** When `tick` is due; Infinity while nobody is probed. */
  get deadline(): Millis {
    return this.probe?.deadline ?? Infinity;
  }

  /** Starts to probe `target`. A suspect is told of the suspicion in the same packet, so that it can refute. */
  start(target: Entry, now: Millis): void {
    const { courier, counters, awareness, sequence, table } = this.deps;
    const { probeIntervalMs, probeTimeoutMs } = this.options;
    const seqNo = sequence.next();
    counters.probes += 1;
    if (awareness.score > 0) counters.probesDegraded += 1;
    const { name: node, incarnation } = target;
    const end = now + probeIntervalMs * (awareness.score + 1);
    const unanswered = { expectsNacks: false, missingNacks: 0, answeredByStream: false };
    const direct = { phase: 'direct', deadline: now + probeTimeoutMs } as const;
    this.probe = { target, incarnation, seqNo, startedAt: now, end, ...direct, ...unanswered };
    const ping = { type: 'ping', node, seqNo } as const;
    if (target.state === 'suspect') {
      const suspicion = { type: 'suspect', node, incarnation, from: table.self.name } as const;
      courier.send(target, [ping, underName(this.options.clusterName, suspicion)]);
    } else {
      courier.sendWithNews(target, ping);
    }
  }

  /** @returns whether the ack is for the probe that is running: only the number counts, not who sent it */
  onAck(seqNo: number, from: Endpoint, now: Millis): boolean {
    const { probe } = this;
    if (probe?.seqNo !== seqNo) return false;
    if (probe.phase === 'direct' || sameEndpoint(from, probe.target)) probe.target.roundTripMs = now - probe.startedAt;
    this.succeed(probe, now);
    return true;
  }

  /** An ack by stream does not end the probe: if packets get through by way of a helper, that is worth knowing. */
  onStreamAck(seqNo: number, now: Millis): boolean {
    const { probe } = this;
    if (probe?.seqNo !== seqNo) return false;
    probe.answeredByStream = true;
    probe.target.lastHeard = now;
    return true;
  }

  /** A helper is well but has not heard of the target. One that comes just after the end counts all the same. */
  onNack(seqNo: number): void {
    const { probe, failed } = this;
    const { awareness, counters } = this.deps;
    if (probe?.seqNo === seqNo && probe.missingNacks > 0) {
      probe.missingNacks -= 1;
    } else if (failed?.seqNo === seqNo && failed.missingNacks > 0) {
      failed.missingNacks -= 1;
      awareness.add(-1);
      counters.lateNacks += 1;
    } else {
      counters.unexpectedNacks += 1;
    }
  }

  tick(now: Millis): void {
    const { probe } = this;
    if (!probe || now < probe.deadline) return;
    if (probe.phase === 'direct') this.askOthers(probe, now);
    else if (probe.answeredByStream) this.succeedByStream(probe, now);
    else this.fail(probe, now);
  }

  /** Ends the probe without judgement: we could not have heard an answer. */
  abandon(): void {
    if (!this.probe) return;
    this.probe = undefined;
    this.deps.counters.probesAbandoned += 1;
  }

  private askOthers(probe: Probe, now: Millis): void {
    const { table, courier, effects } = this.deps;
    const { target, seqNo } = probe;
    const late = now - probe.deadline;
    probe.phase = 'indirect';
    probe.deadline = Math.max(now, probe.end + late); // helpers have all their time, even when we ask late
    const { name: node, address, port } = target;
    const helpers = table.pick(this.options.indirectChecks, (entry) => entry !== target && entry.state === 'alive');
    for (const helper of helpers) {
      const nack = helper.versions.pmax >= UNDERSTANDS.nack;
      if (nack) probe.missingNacks += 1;
      const request = { type: 'indirect-ping', seqNo, target: addressBytes(address), port, node, nack } as const;
      courier.sendWithNews(helper, request);
    }
    probe.expectsNacks = probe.missingNacks > 0;
    if (target.versions.pmax >= UNDERSTANDS.streamPing)
      effects.pingByStream({ address, port }, { seqNo, node }, probe.deadline - now);
  }

  private succeed({ startedAt }: Probe, now: Millis): void {
    this.probe = undefined;
    this.deps.onProbed?.(now - startedAt);
    this.deps.awareness.add(-1);
  }

  /** What the application gossips does not get through to it, or from it: a full exchange takes the place of that. */
  private succeedByStream(probe: Probe, now: Millis): void {
    const { target } = probe;
    const { address, port } = target;
    this.deps.counters.probesAnsweredByStreamOnly += 1;
    if (now >= this.nextExchange) {
      this.nextExchange = now + EXCHANGE_WITH_DEAF_MS;
      this.deps.effects.pushPull({ address, port });
    }
    if (this.deaf.isNew(target.name))
      this.deps.log.warn('a member answers by TCP only: are UDP packets blocked?', {
        member: target.name,
        address,
        port,
      });
    this.succeed(probe, now);
  }

  private fail(probe: Probe, now: Millis): void {
    const { awareness, counters, accuse, onProbed, table } = this.deps;
    this.probe = undefined;
    onProbed?.(now - probe.startedAt);
    this.failed = probe;
    counters.probesFailed += 1;
    awareness.add(probe.expectsNacks ? probe.missingNacks : 1);
    accuse({ node: probe.target.name, incarnation: probe.incarnation, from: table.self.name }, now);
  }
}
