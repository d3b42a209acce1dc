import assert from 'node:assert/strict';
import type { ChangeEvent } from '../../src/catalog/reader.js';
import type { Endpoint, GossipOptions, MemberEvent } from '../../src/gossip/core/ports.js';
import type { Millis } from '../../src/lib/ports.js';
import { Agenda } from './agenda.js';
import { Agent } from './agent.js';
import { Machine } from './machine.js';
import { Network, type Weather } from './network.js';
import { SeededRandom } from './random.js';
import { Streams } from './streams.js';
import { Trace } from './trace.js';

export interface WorldOptions {
  readonly machines: number;
  /** How many of the first machines everybody joins through. */
  readonly seeds: number;
  readonly weather: Weather;
  /** The wall clock of each machine is ahead by up to one of these. */
  readonly skewsMs: readonly Millis[];
  readonly gossip: Omit<GossipOptions, 'name' | 'advertise'>;
  readonly maxFutureMs: Millis;
}

/** The largest datagram that the network carries. */
export const MTU_BYTES = 1400;
/** One that has just come back may still be taken for dead: it has not heard yet that it has to object. */
const RECOGNISED_AFTER_MS: Millis = 5_000;
const FAILURES_KEPT = 100;

/** Machines, a network between them, and one time for all. A seed replays it exactly. */
export class World {
  readonly agenda = new Agenda();
  readonly trace = new Trace();
  readonly random: SeededRandom;
  readonly network: Network;
  readonly streams: Streams;
  readonly machines: readonly Machine[];
  readonly seeds: readonly Endpoint[];
  /** What must never happen, and did. */
  readonly failures: string[] = [];
  /** Who was taken for dead, or had a record taken for dead, although its agent was running. */
  readonly misjudgements: string[] = [];
  private readonly byAddress: ReadonlyMap<string, Machine>;
  private readonly byName: ReadonlyMap<string, Machine>;

  constructor(
    readonly options: WorldOptions,
    seed: number,
  ) {
    const { agenda, trace } = this;
    this.random = new SeededRandom(seed);
    this.network = new Network(options.weather, { agenda, random: this.random.fork(), trace });
    this.streams = new Streams({ agenda, network: this.network });
    const skews = this.random.fork();
    const skewMs = (): Millis =>
      Math.round((options.skewsMs[skews.below(options.skewsMs.length)]! * skews.below(1000)) / 1000);
    this.machines = Array.from({ length: options.machines }, (_, number) => new Machine(number, skewMs(), agenda));
    this.byAddress = new Map(this.machines.map((machine) => [machine.endpoint.address, machine]));
    this.byName = new Map(this.machines.map((machine) => [machine.name, machine]));
    this.seeds = this.machines.slice(0, options.seeds).map(({ endpoint }) => endpoint);
  }

  machineAt({ address }: Endpoint): Machine {
    const machine = this.byAddress.get(address);
    assert(machine, `there is no machine at ${address}`);
    return machine;
  }

  fail(what: string): void {
    this.note(this.failures, what);
  }

  onMember(at: Machine, { type, member }: MemberEvent): void {
    this.trace.add(this.agenda.now, at.number, type.length, member.incarnation);
    if (type === 'leave' && this.isWell(member.name)) this.note(this.misjudgements, `${at.name} loses ${member.name}`);
  }

  onRecord(at: Machine, { service, reason }: ChangeEvent): void {
    this.trace.add(this.agenda.now, at.number, service.status, Number(service.updated & 0x7fff_ffffn));
    if (reason !== 'expired' || !this.isWell(service.hostname)) return;
    this.note(this.misjudgements, `a record of ${service.hostname} expires at ${at.name}`);
  }

  start(machine: Machine): void {
    machine.agent = new Agent(machine, this);
    machine.agent.start();
  }

  private note(list: string[], what: string): void {
    if (list.length < FAILURES_KEPT) list.push(`${this.agenda.now} ms: ${what}`);
  }

  private isWell(name: string): boolean {
    const agent = this.byName.get(name)?.agent;
    return agent !== undefined && !agent.isLeaving && this.agenda.now - agent.startedAt > RECOGNISED_AFTER_MS;
  }
}
