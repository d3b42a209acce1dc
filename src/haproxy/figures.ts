import type { Millis } from '../lib/ports.js';
import type { Timestamp } from '../service/timestamp.js';
import type { ReloadCause } from './plan/plan.js';
import type { Reconciliation } from './runtime-api/runtime-api.js';

/** How a state of the catalog reached HAProxy. */
export type AppliedHow = 'nothing' | 'runtime' | 'reload';

export interface LastApply {
  readonly time: Timestamp;
  /** From the first change it contains until HAProxy had it. */
  readonly tookMs: Millis;
  readonly how: AppliedHow;
  readonly reason: string;
}

/** What was done since the start, for people and for metrics. */
export class Figures {
  readonly reloadsByCause = new Map<ReloadCause, number>();
  readonly failuresByCode = new Map<string, number>();
  lastApply: LastApply | undefined;
  lastReload: { readonly time: Timestamp; readonly cause: ReloadCause; readonly reason: string } | undefined;
  /** Of the last reload, the most important first. */
  lastCauses: readonly ReloadCause[] = [];
  lastError: { readonly time: Timestamp; readonly code: string; readonly message: string } | undefined;
  readonly drift = { looks: 0, found: 0, repaired: 0 };
  lastDrift: { readonly time: Timestamp; readonly what: string } | undefined;

  /** @param onApplied is told of each: milliseconds from the change to HAProxy */
  constructor(private readonly onApplied: (tookMs: Millis) => void) {}

  get reloads(): number {
    return [...this.reloadsByCause.values()].reduce((sum, count) => sum + count, 0);
  }

  applied(apply: LastApply): void {
    this.lastApply = apply;
    this.onApplied(apply.tookMs);
  }

  reloaded(causes: readonly ReloadCause[], time: Timestamp, reason: string): void {
    const [cause = 'forced'] = causes;
    count(this.reloadsByCause, cause);
    this.lastCauses = causes;
    this.lastReload = { time, cause, reason };
  }

  /** HAProxy was compared with what it should run. */
  compared({ differences, repaired, texts }: Omit<Reconciliation, 'fault'>, time: Timestamp): void {
    this.drift.looks += 1;
    this.drift.found += differences;
    this.drift.repaired += repaired;
    if (differences > 0) this.lastDrift = { time, what: texts.join('; ') };
  }

  failed(code: string, time: Timestamp, message: string): void {
    count(this.failuresByCode, code);
    this.lastError = { time, code, message };
  }
}

function count<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
