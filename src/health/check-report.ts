import { formatAddress } from '../lib/ip-address.js';
import type { Millis } from '../lib/ports.js';
import { withoutPassword } from '../lib/printable.js';
import type { ProbeResult } from '../lib/probe.js';
import type { DiscoveredService } from '../service/discovered.js';
import type { CheckMethod, CheckPlan } from './check-plan.js';
import type { CheckProgress, CheckTiming } from './check-progress.js';

/** What is known of an instance's health. */
export interface CheckState {
  readonly status: 'healthy' | 'failed';
  /** How the last run ended; it need not agree with `status` while `rise` or `fall` is not reached. */
  readonly reason: 'check-passed' | 'check-failed' | 'check-timed-out';
  /** What the last run showed: one printable paragraph, at most 4096 characters. */
  readonly output: string;
  readonly endedAt: Millis;
  readonly runs: number;
}

/** A run that has ended, whether or not it decided anything. */
export interface CheckRun {
  readonly outcome: ProbeResult['outcome'];
  /** One printable paragraph, at most 4096 characters. */
  readonly output: string;
  readonly endedAt: Millis;
  readonly tookMs: Millis;
}

/** How one check stands, for people. */
export interface CheckReport extends CheckTiming {
  /** Name of the service. */
  readonly service: string;
  readonly id: string;
  readonly kind: CheckMethod['kind'];
  /** What is asked: a URL without its password, `host:port`. A command is not told: it may hold what not everybody should read. */
  readonly target: string | undefined;
  readonly status: CheckProgress['status'];
  /** Undefined until its first runs have decided. */
  readonly state: CheckState | undefined;
  readonly last: (Omit<CheckRun, 'endedAt'> & { readonly endedAgoMs: Millis }) | undefined;
  /** It is due and waits because `max_checks` others run. */
  readonly isWaiting: boolean;
  /** Since when its run goes on; undefined when none does. */
  readonly runningMs: Millis | undefined;
  /** Until the next run is due, 0 while it waits; undefined while one goes on, and where there is nothing to run. */
  readonly nextInMs: Millis | undefined;
  /** How many runs in a row ended like the last one. */
  readonly streak: number;
  /** Since the check is what it is. */
  readonly runs: number;
  readonly failures: number;
}

/** A check as its room keeps it. */
export interface KeptCheck {
  readonly service: DiscoveredService;
  readonly plan: CheckPlan;
  readonly progress: CheckProgress;
  readonly state: CheckState | undefined;
  readonly last: CheckRun | undefined;
  readonly failures: number;
  readonly startedAt: Millis;
  /** Undefined while one goes on or waits in line. */
  readonly next: { readonly dueAt: Millis } | undefined;
}

/** Tells of a check what people want to know. @param isWaiting it stands in line */
export function reportOf(check: KeptCheck, now: Millis, isWaiting: boolean): CheckReport {
  const { service, plan, progress, state, last, failures, startedAt, next } = check;
  const { kind } = plan.method;
  const isRunning = !isWaiting && !next && kind !== 'known';
  return {
    ...{ service: service.name, id: service.id, kind, target: targetOf(plan.method) },
    ...plan.timing,
    ...{ status: progress.status, state, isWaiting },
    last: last && { outcome: last.outcome, output: last.output, tookMs: last.tookMs, endedAgoMs: now - last.endedAt },
    runningMs: isRunning ? now - startedAt : undefined,
    nextInMs: isWaiting ? 0 : next && Math.max(0, next.dueAt - now),
    ...{ streak: progress.streak, runs: progress.runs, failures },
  };
}

function targetOf(method: CheckMethod): string | undefined {
  switch (method.kind) {
    case 'http':
      return withoutPassword(method.url);
    case 'tcp':
      return formatAddress({ address: method.host, port: method.port });
    case 'command':
    case 'known':
      return undefined;
  }
}
