import type { Millis } from '../../src/lib/ports.js';
import type { SeededRandom } from './random.js';

/** Something that befalls the cluster. Machines are numbers. */
export type Trouble =
  | {
      readonly what: 'crash' | 'leave';
      readonly machine: number;
      readonly backAfterMs: Millis;
      readonly keepsDisk: boolean;
    }
  /** The machine is gone for good. */
  | { readonly what: 'die'; readonly machine: number }
  /** SIGSTOP, and SIGCONT after a while. */
  | { readonly what: 'stop'; readonly machine: number; readonly forMs: Millis }
  /** Nothing gets from `from` to any machine that is not of it; nor back, unless `oneWay`. */
  | { readonly what: 'cut'; readonly from: ReadonlySet<number>; readonly oneWay: boolean; readonly forMs: Millis }
  /** One more instance of a service, with so many ports. */
  | { readonly what: 'deploy'; readonly machine: number; readonly ports: number }
  /** The oldest instance goes, or falls ill or recovers. */
  | { readonly what: 'undeploy' | 'flip'; readonly machine: number };

/** What happens in a run, and when it is calm again. */
export interface Plan {
  readonly troubles: readonly (Trouble & { readonly at: Millis })[];
  /** When the last agent crashed, left, came back, was woken, or changed. */
  readonly lastChangeMs: Millis;
  /** When the last cut ended; -Infinity if there was none. */
  readonly lastCutEndMs: Millis;
}

/** A record with so many ports exceeds a packet. */
const LARGE_PORTS = 40;

export interface PlanOptions {
  readonly machines: number;
  readonly fromMs: Millis;
  /** All is calm from here on. */
  readonly toMs: Millis;
  readonly crashes: number;
  readonly stops: number;
  readonly maxStopMs: Millis;
  readonly cuts: number;
  readonly changes: number;
}

/** A random plan: crashes, leaves, restarts, stopped processes, partitions and changes of services, anywhere in the time given. */
export function planOf(options: PlanOptions, random: SeededRandom): Plan {
  const { fromMs, toMs, machines } = options;
  // The last partition ends some time before the last crash in some runs, and after it in others.
  const cutsToMs = random.between(toMs - 40_000, toMs);
  const troubles: (Trouble & { readonly at: Millis })[] = [];
  const machine = (): number => random.below(machines);
  const times = (count: number, plan: () => Trouble & { readonly at: Millis }): void => {
    for (let done = 0; done < count; done += 1) troubles.push(plan());
  };
  times(options.crashes, () => {
    const at = random.between(fromMs, toMs);
    if (random.chance(0.1)) return { at, what: 'die', machine: machine() };
    const backAfterMs = Math.min(random.pick([200, 2_000, 8_000, 20_000, 60_000]) + random.below(3_000), toMs - at);
    const what = random.chance(0.2) ? 'leave' : 'crash';
    return { at, what, machine: machine(), backAfterMs, keepsDisk: random.chance(0.7) };
  });
  times(options.stops, () => {
    const at = random.between(fromMs, toMs);
    return { at, what: 'stop', machine: machine(), forMs: Math.min(random.between(100, options.maxStopMs), toMs - at) };
  });
  times(options.cuts, () => {
    const at = random.between(fromMs, cutsToMs - 1_000);
    const share = random.pick([0.01, 0.1, 0.3, 0.5]);
    const from = new Set(Array.from({ length: machines }, (_, number) => number).filter(() => random.chance(share)));
    return { at, what: 'cut', from, oneWay: random.chance(0.3), forMs: random.between(1_000, cutsToMs - at) };
  });
  times(options.changes, () => {
    const at = random.between(fromMs, toMs);
    const what = random.pick(['deploy', 'undeploy', 'flip', 'flip'] as const);
    if (what !== 'deploy') return { at, what, machine: machine() };
    return { at, what, machine: machine(), ports: random.chance(0.1) ? LARGE_PORTS : 1 };
  });
  const ends = troubles.map((trouble) => trouble.at + durationOf(trouble));
  const cutEnds = ends.filter((_, index) => troubles[index]!.what === 'cut');
  return {
    troubles,
    lastChangeMs: Math.max(...ends.filter((_, index) => troubles[index]!.what !== 'cut')),
    lastCutEndMs: Math.max(-Infinity, ...cutEnds),
  };
}

function durationOf(trouble: Trouble): Millis {
  switch (trouble.what) {
    case 'crash':
    case 'leave':
      return trouble.backAfterMs;
    case 'stop':
    case 'cut':
      return trouble.forMs;
    case 'die':
    case 'deploy':
    case 'undeploy':
    case 'flip':
      return 0;
  }
}
