import { isDeepStrictEqual } from 'node:util';
import type { DockerEngine, EngineFault } from '../../lib/docker-engine.js';
import { messageOf } from '../../lib/fault.js';
import type { Component } from '../../lib/lifecycle.js';
import type { Logger } from '../../lib/logger.js';
import type { Clock, Millis } from '../../lib/ports.js';
import type { ProblemBoard } from '../../lib/problems.js';
import { sleep } from '../../lib/sleep.js';
import type { DiscoveredService, OnListed } from '../../service/discovered.js';
import { parseTimestamp, type Timestamp } from '../../service/timestamp.js';
import { Statements } from '../statements.js';
import { statementsOf } from './complaints.js';
import { membersOf } from './engine-event.js';
import { EngineSession, type SessionCounters, type SessionListener } from './engine-session.js';
import { shortId } from './labels.js';
import { servicesOf, type ContainerFacts } from './record.js';
import { tracesOf, type ContainerTrace } from './trace.js';

const ROOM = 'docker-discovery';
const FIRST_RETRY_MS: Millis = 50;
/** An engine that is back is noticed within a second; so often a question costs it nothing. */
const LAST_RETRY_MS: Millis = 250;

export interface DockerCounters extends Readonly<SessionCounters> {
  /** How often the engine was lost, or not reached. */
  readonly losses: number;
}

/**
 * Reports the containers of a Docker Engine, and reports them anew whenever the engine tells of a change. An engine that is lost
 * keeps the last list in force; before the first list nothing is reported, since not listed yet is not the same as empty.
 */
export class DockerDiscovery implements Component {
  readonly name = ROOM;
  private handed: readonly DiscoveredService[] | undefined;
  /** As the engine listed them last. */
  private containers: readonly unknown[] = [];
  private losses = 0;
  /** Losses since the engine was last steady. */
  private attempt = 0;
  private readonly sessions: SessionCounters = { events: 0, lists: 0, lookupsRefused: 0 };
  private readonly statements: Statements;

  constructor(
    private readonly facts: ContainerFacts,
    private readonly deps: {
      readonly engine: DockerEngine;
      readonly onListed: OnListed;
      /** A container was told to end and runs on until it does; it need not be one that was listed. */
      readonly onStopping: (id: string) => void;
      /** Since when an instance drains; undefined when it does not. */
      readonly drainingSinceNs: (id: string) => Timestamp | undefined;
      /** A container that drains was started after that began. */
      readonly onRestarted: (id: string) => void;
      readonly clock: Clock;
      readonly problems: ProblemBoard;
      readonly log: Logger;
    },
  ) {
    this.statements = new Statements(ROOM, deps);
  }

  async run(signal: AbortSignal, ready: () => void): Promise<void> {
    const { engine, clock } = this.deps;
    ready(); // an absent engine must not keep this host out of the cluster
    while (true) {
      const session = new EngineSession({ engine, listener: this.listener, counters: this.sessions, clock });
      const fault = await session.run(signal);
      if (signal.aborted) return;
      if (fault) this.lost(fault);
      await sleep(clock, Math.min(FIRST_RETRY_MS * 2 ** this.attempt, LAST_RETRY_MS), signal);
      this.attempt += 1;
    }
  }

  get counters(): DockerCounters {
    return { ...this.sessions, losses: this.losses };
  }

  /** What became of the containers that somebody could mean by `asked`: a service, a container or its id. */
  traces(asked: string): readonly ContainerTrace[] {
    return tracesOf(this.containers, this.facts, asked);
  }

  private readonly listener: SessionListener = {
    onContainers: (containers) =>
      this.guarded(() => {
        this.containers = containers;
        const reading = servicesOf(containers, this.facts);
        this.statements.state(statementsOf(reading));
        this.hand(reading.services);
      }),
    onDied: (id) =>
      this.guarded(() => {
        this.containers = this.containers.filter((container) => membersOf(container)['Id'] !== id);
        if (this.handed) this.hand(this.handed.filter((service) => service.id !== shortId(id)));
      }),
    onStopping: (id) => this.guarded(() => this.deps.onStopping(shortId(id))),
    isDraining: (id) => this.deps.drainingSinceNs(shortId(id)) !== undefined,
    onStartedAt: (id, startedAt) =>
      this.guarded(() => {
        const started = parseTimestamp(startedAt);
        const since = this.deps.drainingSinceNs(shortId(id));
        if (started.ok && since !== undefined && started.value > since) this.deps.onRestarted(shortId(id));
      }),
    onSteady: () => this.steady(),
  };

  private hand(services: readonly DiscoveredService[]): void {
    if (isDeepStrictEqual(services, this.handed)) return;
    this.deps.log.debug('containers listed', { services: services.length });
    this.deps.onListed('docker', services);
    this.handed = services;
  }

  private lost(fault: EngineFault): void {
    const { engine, problems, log } = this.deps;
    this.losses += 1;
    const kept = this.handed ? 'the containers listed before stay in force' : 'no container is known yet';
    const message = `the Docker Engine at ${engine.address} is lost: ${fault.message}; ${kept}`;
    if (problems.raise({ room: ROOM, code: 'DOCKER_LOST', subject: engine.address, message }))
      log.warn(message, { code: fault.code });
  }

  /** Not at the first answer, so that an engine which fails again and again is not reported as well in between. */
  private steady(): void {
    const { engine, problems, log } = this.deps;
    this.attempt = 0;
    if (problems.clear(ROOM, 'DOCKER_LOST', engine.address))
      log.info('the Docker Engine answers again', { address: engine.address });
  }

  /** A fault of the program. The agent goes on with what it knows: most of its work does not depend on this engine. */
  private guarded(act: () => void): void {
    const { engine, problems, log } = this.deps;
    try {
      act();
      problems.clear(ROOM, 'CONTAINERS_NOT_TAKEN', engine.address);
    } catch (error) {
      const message = `what the Docker Engine at ${engine.address} told could not be taken in: ${messageOf(error)}`;
      if (problems.raise({ room: ROOM, code: 'CONTAINERS_NOT_TAKEN', subject: engine.address, message }))
        log.error(message, { error });
    }
  }
}
