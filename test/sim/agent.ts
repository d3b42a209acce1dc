import assert from 'node:assert/strict';
import { Catalog } from '../../src/catalog/catalog.js';
import { longestPart } from '../../src/gossip/core/courier.js';
import { GossipNode } from '../../src/gossip/core/gossip-node.js';
import type { Endpoint, GossipDelegate } from '../../src/gossip/core/ports.js';
import { DriverCounters } from '../../src/gossip/driver/counters.js';
import { DrivenNode } from '../../src/gossip/driver/driven-node.js';
import { FaultTally } from '../../src/gossip/driver/fault-tally.js';
import type { Message, StreamMessage } from '../../src/gossip/wire/message.js';
import type { Millis } from '../../src/lib/ports.js';
import { ProblemBoard } from '../../src/lib/problems.js';
import { LocalServices, type CheckResult } from '../../src/replication/local-services.js';
import { Replicator } from '../../src/replication/replicator.js';
import { silentLogger } from '../haproxy/support/silent-logger.js';
import { WorldEffects } from './effects.js';
import type { Machine } from './machine.js';
import { Process } from './process.js';
import type { Party } from './streams.js';
import type { World } from './world.js';

const SOURCE = 'static';
/** From a change in what runs until discovery lists it, and from then until its first check has ended. */
const DISCOVERY_MS: Millis = 100;
const CHECK_MS: Millis = 50;
const BEAT_MS: Millis = 1_000;
const EXPIRE_EVERY_BEATS = 2;
const KEEP_EVERY_MS: Millis = 5_000;
const SPREAD_WITHIN_MS: Millis = 3_000;
const LEAVE_WITHIN_MS: Millis = 5_000;
const LOOK_EVERY_MS: Millis = 50;
/** A payload's own type byte. */
const TYPE_BYTES = 1;
const PASSED: CheckResult = { status: 'healthy', reason: 'check-passed', output: '' };
const FAILED: CheckResult = { status: 'failed', reason: 'check-failed', output: '' };

/** One run of the agent on a machine: the program's own gossip, replication and catalog, put together as `compose` does. */
export class Agent implements Party {
  readonly machine: number;
  readonly process: Process;
  readonly catalog: Catalog;
  readonly replicator: Replicator;
  readonly faults = new FaultTally(silentLogger);
  private readonly driven: DrivenNode;
  private readonly local: LocalServices;
  readonly startedAt: Millis;
  isLeaving = false;
  private beats = 0;

  constructor(
    private readonly home: Machine,
    private readonly world: World,
  ) {
    const { agenda, random, options } = world;
    const { name, disk } = home;
    this.machine = home.number;
    this.startedAt = agenda.now;
    this.process = new Process(agenda, { bootMs: random.below(1_000_000_000), skewMs: home.skewMs });
    const { clock, wall } = this.process;
    this.catalog = new Catalog({ clusterName: 'default', hostname: name }, clock);
    const { catalog } = this;
    this.local = new LocalServices({ hostname: name, sources: [SOURCE] }, { catalog, clock, wall });
    this.replicator = new Replicator(
      { hostname: name, maxFutureMs: options.maxFutureMs, maxPayloadBytes: longestPart(options.gossip) - TYPE_BYTES },
      {
        catalog,
        local: this.local,
        members: { alive: () => this.node.aliveNames() },
        nudge: () => this.driven.enter((node, now) => node.nudge(now)),
        exchangeWith: (host) => this.driven.enter((node) => node.exchangeWith(host)),

        onDeath: () => undefined,
        clock,
        wall,
        random: random.fork(),
        problems: new ProblemBoard(wall),
        log: silentLogger,
      },
    );
    const node = new GossipNode(
      { ...options.gossip, name, advertise: home.endpoint },
      {
        random: random.fork(),
        effects: new WorldEffects(home, { world, party: this, driven: () => this.driven }),
        delegate: this.delegate(),
        log: silentLogger,
      },
    );
    this.driven = new DrivenNode(node, { clock, counters: new DriverCounters(), faults: this.faults });
    catalog.onChange((event) => world.onRecord(home, event));
    if (disk) {
      this.replicator.restore(disk.records);
      node.setKnownPeers(disk.peers, clock.now());
    }
  }

  get node(): GossipNode {
    return this.driven.node;
  }

  start(): void {
    this.driven.start();
    this.onInstances();
    this.repeat(BEAT_MS, () => this.beat());
    this.repeat(KEEP_EVERY_MS, () => this.keep());
  }

  /** Withdraws its services, leaves, and ends: what `sidecar leave` does. */
  leave(): void {
    const { replicator, driven } = this;
    this.isLeaving = true;
    this.local.withdraw();
    this.waitUntil(
      () => !replicator.isSpreading,
      SPREAD_WITHIN_MS,
      () => {
        driven.enter((node, now) => node.leave(now));
        this.waitUntil(
          () => this.node.hasLeft(),
          LEAVE_WITHIN_MS,
          () => this.end(),
        );
      },
    );
  }

  /** From here on it does nothing: SIGKILL. */
  end(): void {
    this.process.end();
    this.driven.stop();
    if (this.home.agent === this) this.home.agent = undefined;
  }

  /** What runs on this machine has changed: discovery lists it, and then its checks end. */
  onInstances(): void {
    const { clock } = this.process;
    clock.after(DISCOVERY_MS, () => {
      const instances = [...this.home.instances.values()];
      const services = instances.map(({ service }) => service);
      this.local.listed(SOURCE, services);
      clock.after(CHECK_MS, () => {
        for (const { service, isHealthy } of instances) this.local.checked(service.id, isHealthy ? PASSED : FAILED);
      });
    });
  }

  /** Messages of one packet. */
  receive(from: Endpoint, messages: readonly Message[]): void {
    for (const message of messages) this.driven.enter((node, now) => node.receive(from, message, now));
  }

  answer(message: StreamMessage, from: Endpoint): StreamMessage | undefined {
    switch (message.type) {
      case 'push-pull': {
        const own = this.driven.enter((node) => node.localState(message.join, message));
        const merged = this.driven.enter((node, now) => node.onPushPull(message, from, now));
        if (!merged?.ok) this.world.fail(`${this.home.name} does not merge what a member sends`);
        return own;
      }
      case 'ping':
        return message.node === this.home.name ? { type: 'ack', seqNo: message.seqNo, payload: undefined } : undefined;
      case 'user':
        this.receive(from, [message]);
        return undefined;
      case 'ack':
      case 'err':
        assert.fail('nobody begins with this');
    }
  }

  /** As the announcer does each second. */
  private beat(): void {
    this.beats += 1;
    this.local.announceOverdue();
    this.local.refresh();
    if (this.beats % EXPIRE_EVERY_BEATS === 0) this.catalog.expire(this.process.wall.nowNs());
    this.replicator.beat();
  }

  private keep(): void {
    const servers = [...this.catalog.snapshot().servers.values()];
    const records = servers.flatMap(({ services }) => [...services.values()]);
    this.home.disk = { peers: this.node.knownPeers(), records };
  }

  /** Replication, with the world looking on. */
  private delegate(): GossipDelegate {
    const { replicator, world, home } = this;
    return {
      takeBroadcasts: (budget) => replicator.takeBroadcasts(budget),
      takeLarge: (budget) => replicator.takeLarge(budget),
      onUserMessage: (payload) => replicator.onUserMessage(payload),
      localState: (join) => replicator.localState(join),
      onRemoteState: (state) => replicator.onRemoteState(state),
      onStranger: (name, clusterName) => replicator.onStranger(name, clusterName),
      onMember: (event) => {
        world.onMember(home, event);
        replicator.onMember(event);
      },
    };
  }

  private repeat(periodMs: Millis, act: () => void): void {
    this.process.clock.after(periodMs, () => {
      act();
      this.repeat(periodMs, act);
    });
  }

  /** Goes on with `then` when `holds`, or after `withinMs`. */
  private waitUntil(holds: () => boolean, withinMs: Millis, then: () => void): void {
    if (withinMs <= 0 || holds()) then();
    else this.process.clock.after(LOOK_EVERY_MS, () => this.waitUntil(holds, withinMs - LOOK_EVERY_MS, then));
  }
}
