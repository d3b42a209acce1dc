import type { Millis } from '../../src/lib/ports.js';
import {
  catalogsAgree,
  membersAgree,
  nobodyIsMisjudged,
  nothingFails,
  ownRecordsStand,
  queuesAreBounded,
  type Invariant,
} from './invariants.js';
import { planOf, type PlanOptions } from './plan.js';
import { play } from './play.js';
import { World, type WorldOptions } from './world.js';

/** A kind of run; the seed decides the rest. */
export interface Scenario {
  readonly world: WorldOptions;
  readonly troubles: Omit<PlanOptions, 'machines' | 'fromMs' | 'toMs'>;
  /** Whether somebody live may be taken for dead: packets are lost, or stopped processes or partitions last long enough. */
  readonly mayMisjudge: boolean;
}

export interface Outcome {
  /** Of everything that happened. */
  readonly fingerprint: string;
  /** What contradicts an invariant; empty if all held. */
  readonly violations: readonly string[];
  /** How long after the last change, and after the end of the last partition, everybody agreed; undefined if not in time. */
  readonly agreedAfterMs: { readonly change: Millis; readonly cut: Millis } | undefined;
  readonly packets: number;
}

/** Within this after the last change, ... */
const AGREE_AFTER_CHANGE_MS: Millis = 20_000;
/** ... and this after the last partition, everybody agrees, */
const AGREE_AFTER_CUT_MS: Millis = 45_000;
/** and goes on doing so. */
const STAY_AGREED_MS: Millis = 5_000;
const LOOK_EVERY_MS: Millis = 1_000;

const STARTED_MS: Millis = 5_000;
const FORMED_MS: Millis = 15_000;
const CALM_MS: Millis = 75_000;
const VIOLATIONS_SHOWN = 10;

const ALWAYS: readonly Invariant[] = [nothingFails, queuesAreBounded, ownRecordsStand];
const IN_THE_END: readonly Invariant[] = [membersAgree, catalogsAgree];

/** Forms a cluster, lets a minute of troubles befall it, and looks whether, and when, all is well again. */
export function simulate(scenario: Scenario, seed: number): Outcome {
  const { world: options, troubles } = scenario;
  const world = new World(options, seed);
  const { agenda } = world;
  const random = world.random.fork();
  for (const machine of world.machines) {
    if (random.below(2) === 1) machine.deploy(1);
    agenda.after(random.below(STARTED_MS), () => world.start(machine));
  }
  const plan = planOf({ ...troubles, machines: options.machines, fromMs: FORMED_MS, toMs: CALM_MS }, random);
  play(plan, world);

  const always = scenario.mayMisjudge ? ALWAYS : [...ALWAYS, nobodyIsMisjudged];
  const violations: string[] = [];
  let agreedAt: Millis | undefined;
  const deadline = Math.max(plan.lastChangeMs + AGREE_AFTER_CHANGE_MS, plan.lastCutEndMs + AGREE_AFTER_CUT_MS);
  while (agenda.now < deadline + STAY_AGREED_MS && violations.length === 0) {
    agenda.runUntil(agenda.now + LOOK_EVERY_MS);
    violations.push(...contradictions(always, world));
    if (agenda.now < Math.max(plan.lastChangeMs, plan.lastCutEndMs)) continue;
    const disagreements = contradictions(IN_THE_END, world);
    agreedAt = disagreements.length > 0 ? undefined : (agreedAt ?? agenda.now);
    if (agenda.now >= deadline) violations.push(...disagreements);
  }
  return {
    fingerprint: world.trace.fingerprint,
    violations: violations.slice(0, VIOLATIONS_SHOWN),
    agreedAfterMs:
      agreedAt === undefined ? undefined : { change: agreedAt - plan.lastChangeMs, cut: agreedAt - plan.lastCutEndMs },
    packets: world.network.packets,
  };
}

function contradictions(invariants: readonly Invariant[], world: World): readonly string[] {
  return invariants.flatMap((invariant) => invariant(world));
}
