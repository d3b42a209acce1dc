import type { Agent } from './agent.js';
import type { Backends } from './backends.js';
import { backendOf, setDrain, type Fleet, type FleetService, type Instance } from './fleet.js';
import { serversOf, type ServerFigures } from './proxy-figures.js';
import type { Traffic } from './traffic.js';
import { pause, until } from './until.js';

export interface StormOptions {
  readonly operations: number;
  /** They are spread evenly over this time. */
  readonly overMs: number;
  readonly seed: number;
}

type Kind = 'add' | 'remove' | 'drain' | 'undrain' | 'weigh';

interface Operation {
  readonly kind: Kind;
  readonly instance: Instance;
  readonly beganMs: number;
}

type Step =
  | { readonly kind: 'add'; readonly service: FleetService }
  | { readonly kind: Exclude<Kind, 'add'>; readonly instance: Instance };

/** Of those in full service, before one is taken out. */
const FEWEST = 2;
/** Of one service. */
const MOST = 6;
const WEIGHTS = [40, 80, 120, 160, 200] as const;
const SAMPLE_EVERY_MS = 40;
/** Far beyond what an operation may take: a removal waits for answers that take 5 s. */
const PATIENCE_MS = 15_000;

/**
 * Random adds, removals, drains and changes of weight, by the static file and by HTTP, each looked for in HAProxy's own figures.
 * Every service has an instance in full service at any time. An instance that was added is touched again only once it has given
 * an answer; the backend of one that was removed goes on until HAProxy has forgotten the server, and then ends gracefully.
 */
export class Storm {
  readonly done: Record<Kind, number> = { add: 0, remove: 0, drain: 0, undrain: 0, weigh: 0 };
  /** Operations found in HAProxy's figures. */
  seen = 0;
  /** The others. */
  readonly unseen: string[] = [];
  /** Added instances that gave no answer, by their ids. */
  readonly unanswered: string[] = [];
  /** Removed instances that HAProxy had forgotten while something was still in flight. */
  readonly unfinished: string[] = [];
  private readonly endings: Promise<void>[] = [];
  private readonly pending = new Map<Instance, Operation>();
  /** Added, and not yet heard from: since when. */
  private readonly unproven = new Map<Instance, number>();
  private readonly drained = new Set<Instance>();
  private readonly below: (n: number) => number;
  private stopped = false;

  constructor(
    private readonly options: StormOptions,
    private readonly deps: {
      readonly agent: Agent;
      readonly backends: Backends;
      readonly fleet: Fleet;
      readonly traffic: Traffic;
    },
  ) {
    this.below = seeded(options.seed);
  }

  get issued(): number {
    return Object.values(this.done).reduce((sum, count) => sum + count, 0);
  }

  /** Resolves when the last operation has been looked for. */
  async run(): Promise<void> {
    const sampling = this.sample();
    try {
      await this.issueAll();
      await until('nothing is pending', () => this.pending.size + this.unproven.size === 0, 2 * PATIENCE_MS);
    } finally {
      this.stopped = true;
      await sampling;
    }
    await Promise.all(this.endings);
  }

  private async issueAll(): Promise<void> {
    const { operations, overMs } = this.options;
    const startMs = performance.now();
    const deadlineMs = startMs + overMs + 4 * PATIENCE_MS;
    while (this.issued < operations && performance.now() < deadlineMs) {
      const due = ((performance.now() - startMs) / overMs) * operations;
      if (this.issued < due) await this.issue();
      await pause(5); // the rhythm of the changes is the point of it
    }
  }

  private async issue(): Promise<void> {
    const { services } = this.deps.fleet;
    const service = services[this.below(services.length)];
    const step = service && this.choose(service);
    if (!step) return;
    const instance = step.kind === 'add' ? await this.deps.fleet.add(step.service, this.weight()) : step.instance;
    const beganMs = performance.now();
    await this.act(step.kind, instance);
    this.done[step.kind] += 1;
    this.pending.set(instance, { kind: step.kind, instance, beganMs });
  }

  /** @returns undefined when what chance wants is not possible now */
  private choose(service: FleetService): Step | undefined {
    const free = [...service.instances].filter(
      (instance) => !this.pending.has(instance) && !this.unproven.has(instance),
    );
    const serving = free.filter((instance) => !this.drained.has(instance));
    const instance = free[this.below(free.length)];
    const kind = this.kind();
    if (kind === 'add') return service.instances.size < MOST ? { kind, service } : undefined;
    if (!instance) return undefined;
    const isDrained = this.drained.has(instance);
    switch (kind) {
      case 'undrain':
        return isDrained ? { kind, instance } : undefined;
      case 'weigh':
        return isDrained ? undefined : { kind, instance };
      case 'drain':
        return isDrained || serving.length < FEWEST ? undefined : { kind, instance };
      case 'remove':
        return !isDrained && serving.length < FEWEST ? undefined : { kind, instance };
    }
  }

  private kind(): Kind {
    const kinds = ['add', 'add', 'remove', 'remove', 'drain', 'drain', 'undrain', 'undrain', 'weigh'] as const;
    return kinds[this.below(kinds.length)] ?? 'add';
  }

  private weight(): number {
    return WEIGHTS[this.below(WEIGHTS.length)] ?? WEIGHTS[0];
  }

  private async act(kind: Kind, instance: Instance): Promise<void> {
    const { agent, fleet } = this.deps;
    switch (kind) {
      case 'add':
        this.unproven.set(instance, performance.now());
        break;
      case 'remove':
        instance.service.instances.delete(instance);
        break;
      case 'weigh':
        instance.weight = this.otherWeight(instance.weight);
        break;
      case 'drain':
      case 'undrain':
        if (kind === 'drain') this.drained.add(instance);
        await setDrain(agent, instance, kind === 'drain');
        return;
    }
    agent.writeTargets(fleet.targets());
  }

  private otherWeight(weight: number): number {
    const others = WEIGHTS.filter((other) => other !== weight);
    return others[this.below(others.length)] ?? WEIGHTS[0];
  }

  private async sample(): Promise<void> {
    while (!this.stopped) {
      const sampledMs = performance.now();
      const servers = await serversOf(this.deps.agent);
      for (const operation of this.pending.values()) {
        if (servers && operation.beganMs < sampledMs && isSeen(operation, servers)) this.settle(operation, true);
      }
      this.expire(sampledMs);
      await pause(SAMPLE_EVERY_MS);
    }
  }

  private expire(nowMs: number): void {
    for (const operation of this.pending.values()) {
      if (nowMs - operation.beganMs > PATIENCE_MS) this.settle(operation, false);
    }
    for (const [instance, sinceMs] of this.unproven) {
      const answered = this.deps.traffic.answersOf(instance.id) > 0;
      if (!answered && nowMs - sinceMs <= PATIENCE_MS) continue;
      this.unproven.delete(instance);
      if (!answered) this.unanswered.push(instance.id);
    }
  }

  private settle({ kind, instance }: Operation, isSeen: boolean): void {
    this.pending.delete(instance);
    if (kind !== 'drain') this.drained.delete(instance);
    if (isSeen) this.seen += 1;
    else this.unseen.push(`${kind} ${instance.id}`);
    if (kind === 'remove' && isSeen) this.endings.push(this.end(instance.id));
  }

  private async end(id: string): Promise<void> {
    await this.deps.backends.end(id).catch(() => this.unfinished.push(id));
  }
}

function isSeen({ kind, instance }: Operation, servers: readonly ServerFigures[]): boolean {
  const server = servers.find(({ backend, port }) => backend === backendOf(instance.service) && port === instance.port);
  if (!server) return kind === 'remove';
  switch (kind) {
    case 'remove':
      return false;
    case 'drain':
      return server.isDrained;
    case 'undrain':
    case 'add':
    case 'weigh':
      return !server.isDrained && !server.isInMaintenance && server.weight === instance.weight;
  }
}

/** The same pseudo-random numbers in [0, n) each time (a linear congruential generator), so that a failure can be replayed. */
function seeded(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return Math.floor((state / 2 ** 32) * n);
  };
}
