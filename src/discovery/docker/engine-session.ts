import type { DockerEngine, EngineFault } from '../../lib/docker-engine.js';
import { Doorbell } from '../../lib/doorbell.js';
import type { Clock, Millis } from '../../lib/ports.js';
import { sleep } from '../../lib/sleep.js';
import { Departed } from './departed.js';
import { ACTIONS, membersOf, parseEvent, type EngineEvent } from './engine-event.js';
import { ListSchedule } from './list-schedule.js';
import { SIGKILL, SIGTERM, signalNumber } from './stop-signal.js';

/** An engine that is frozen keeps its connections and says nothing: only a question shows it. */
const PING_EVERY_MS: Millis = 2_000;
/** Containers that are looked up at once; one more is stopped without having been drained, or drains on until the next look. */
const MAX_LOOKUPS = 64;
/** Whether draining containers were started anew is looked up with the first list of a session, and so often after. */
const STARTS_EVERY_MS: Millis = 30_000;

export interface SessionListener {
  /** All running containers, unchecked. */
  readonly onContainers: (containers: readonly unknown[]) => void;
  /** A container has died; until it starts again no list holds it. */
  readonly onDied: (id: string) => void;
  /** A container was told to end. */
  readonly onStopping: (id: string) => void;
  /** Whether a container is still taken for stopping. */
  readonly isDraining: (id: string) => boolean;
  /** When a draining container was last started: RFC 3339 unless the engine says something else. */
  readonly onStartedAt: (id: string, startedAt: string) => void;
  /** The engine has listed, and still answers a while later. */
  readonly onSteady: () => void;
}

/** What the sessions have done since the start of the process. */
export interface SessionCounters {
  events: number;
  lists: number;
  /** Containers that were not looked up, since too many were at once. */
  lookupsRefused: number;
}

/** One connection to an engine: its event stream, and the lists and pings beside it, until the first of them fails. */
export class EngineSession {
  private readonly schedule: ListSchedule;
  private readonly departed = new Departed();
  private readonly bell = new Doorbell();
  private readonly lookups = new Set<Promise<void>>();
  private hasListed = false;
  private startsDue: Millis = -Infinity;

  constructor(
    private readonly deps: {
      readonly engine: DockerEngine;
      readonly listener: SessionListener;
      readonly counters: SessionCounters;
      readonly clock: Clock;
    },
  ) {
    this.schedule = new ListSchedule(deps.clock.now());
  }

  /** Runs once. @returns why it has ended; means nothing after `signal` has aborted */
  async run(signal: AbortSignal): Promise<EngineFault | undefined> {
    const over = new AbortController();
    const end = (): void => over.abort();
    if (signal.aborted) return undefined;
    signal.addEventListener('abort', end, { once: true });
    let fault: EngineFault | undefined;
    const parts = [this.listen(over.signal), this.list(over.signal), this.ping(over.signal)].map(async (part) => {
      const ended = await part;
      fault ??= ended;
      end();
    });
    await Promise.all(parts);
    await Promise.all(this.lookups);
    signal.removeEventListener('abort', end);
    return fault;
  }

  private listen(signal: AbortSignal): Promise<EngineFault> {
    const onEvent = (received: unknown): void => {
      const event = parseEvent(received);
      if (event) this.take(event, signal);
    };
    return this.deps.engine.events(ACTIONS, { onOpen: () => this.listSoon(), onEvent }, signal);
  }

  private take(event: EngineEvent, signal: AbortSignal): void {
    const { counters, listener, clock } = this.deps;
    counters.events += 1;
    if (event.action === 'kill') {
      this.killed(event, signal);
      return;
    }
    if (event.action === 'start') this.departed.started(event.id);
    if (event.action === 'die') {
      this.departed.died(event.id, clock.now());
      listener.onDied(event.id);
    }
    this.listSoon();
  }

  private listSoon(): void {
    this.schedule.wanted(this.deps.clock.now());
    this.bell.ring();
  }

  /** SIGTERM ends a container; so does the signal that it is stopped with, and any other may mean anything to it. */
  private killed({ id, signal: sent }: EngineEvent, signal: AbortSignal): void {
    if (sent === undefined || sent === SIGKILL) return; // of the latter it dies sooner than anybody is told
    if (sent === SIGTERM) {
      this.deps.listener.onStopping(id);
      return;
    }
    this.lookUp(id, signal, ({ Config }) => {
      const { StopSignal } = membersOf(Config);
      if (typeof StopSignal === 'string' && signalNumber(StopSignal) === sent) this.deps.listener.onStopping(id);
    });
  }

  /** A container that died while nobody listened may run again: nothing but its start tells that it drains no longer. */
  private lookForStarts(containers: readonly unknown[], signal: AbortSignal): void {
    const { listener, clock } = this.deps;
    if (clock.now() < this.startsDue) return;
    this.startsDue = clock.now() + STARTS_EVERY_MS;
    for (const { Id } of containers.map(membersOf)) {
      if (typeof Id !== 'string' || !listener.isDraining(Id)) continue;
      this.lookUp(Id, signal, ({ State }) => {
        const { StartedAt } = membersOf(State);
        if (typeof StartedAt === 'string') listener.onStartedAt(Id, StartedAt);
      });
    }
  }

  private lookUp(id: string, signal: AbortSignal, take: (container: Readonly<Record<string, unknown>>) => void): void {
    const { engine, counters } = this.deps;
    if (this.lookups.size >= MAX_LOOKUPS) {
      counters.lookupsRefused += 1;
      return;
    }
    const lookup = engine.container(id, signal).then((answer) => {
      this.lookups.delete(lookup);
      // Without an answer it is gone already, or the list and the ping fail as well.
      if (answer.ok && !signal.aborted) take(membersOf(answer.value));
    });
    this.lookups.add(lookup);
  }

  private async list(signal: AbortSignal): Promise<EngineFault | undefined> {
    const { engine, listener, counters, clock } = this.deps;
    while (true) {
      await this.untilListIsDue(signal);
      if (signal.aborted) return undefined;
      this.schedule.begun(clock.now());
      const answer = await engine.containers(signal);
      if (!answer.ok) return answer.fault;
      counters.lists += 1;
      this.hasListed = true;
      const containers = this.departed.without(answer.value, clock.now());
      listener.onContainers(containers);
      this.lookForStarts(containers, signal);
    }
  }

  private async untilListIsDue(signal: AbortSignal): Promise<void> {
    const { clock } = this.deps;
    const dueIn = (): Millis => this.schedule.dueIn(clock.now());
    while (dueIn() > 0 && !signal.aborted) await this.bell.wait(clock, dueIn(), signal);
  }

  private async ping(signal: AbortSignal): Promise<EngineFault | undefined> {
    const { engine, listener, clock } = this.deps;
    while (true) {
      await sleep(clock, PING_EVERY_MS, signal);
      if (signal.aborted) return undefined;
      const answer = await engine.ping(signal);
      if (!answer.ok) return answer.fault;
      if (this.hasListed) listener.onSteady();
    }
  }
}
