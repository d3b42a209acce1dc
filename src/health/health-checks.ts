import type { RunCommand } from '../lib/command.js';
import type { Component } from '../lib/lifecycle.js';
import type { Logger } from '../lib/logger.js';
import type { Clock, Millis, Random } from '../lib/ports.js';
import type { HttpProbe, ProbeResult, TcpProbe } from '../lib/probe.js';
import type { ProblemBoard } from '../lib/problems.js';
import { aborted } from '../lib/sleep.js';
import type { DiscoveredService } from '../service/discovered.js';
import { PLAN_FAULTS, planCheck, type CheckDefaults, type CheckPlan } from './check-plan.js';
import { afterRun, NEW_CHECK, nextDelay, type CheckProgress } from './check-progress.js';
import { reportOf, type CheckReport, type CheckRun, type CheckState, type KeptCheck } from './check-report.js';
import { paragraph } from './output.js';
import { runMethod } from './run-method.js';

const ROOM = 'health';
/** Between the end of a run and the start of the next, however long the run was. */
const LEAST_PAUSE_MS: Millis = 100;

export interface HealthChecksOptions extends CheckDefaults {
  /** How many checks may run at once, >= 1; more wait in line. */
  readonly maxChecks: number;
}

export interface CheckCounters {
  readonly checks: number;
  readonly running: number;
  readonly queued: number;
  /** Ended runs since the start of the process. */
  readonly runs: number;
  readonly failures: number;
}

interface Check extends KeptCheck {
  service: DiscoveredService;
  plan: CheckPlan;
  progress: CheckProgress;
  state: CheckState | undefined;
  last: CheckRun | undefined;
  failures: number;
  startedAt: Millis;
  next: { readonly dueAt: Millis; readonly cancel: () => void } | undefined;
  readonly madeAt: Millis;
  readonly abort: AbortController;
}

const REASONS = { passed: 'check-passed', failed: 'check-failed', 'timed-out': 'check-timed-out' } as const;

/** Checks the instances of this host, each on its own schedule, and tells what changes in what is known of their health. */
export class HealthChecks implements Component {
  readonly name = 'health-checks';
  private targets: readonly DiscoveredService[] = [];
  private working = false;
  private readonly checks = new Map<string, Check>();
  /** In the order in which they became due. */
  private readonly waiting = new Set<Check>();
  private readonly running = new Set<Promise<void>>();
  private runs = 0;
  private failures = 0;

  constructor(
    private readonly options: HealthChecksOptions,
    private readonly deps: {
      readonly probes: { readonly http: HttpProbe; readonly tcp: TcpProbe; readonly command: RunCommand };
      /** Never called from within `setTargets`. */
      readonly onResult: (id: string, state: CheckState, before: CheckState | undefined) => void;
      readonly clock: Clock;
      readonly random: Random;
      readonly problems: ProblemBoard;
      readonly log: Logger;
    },
  ) {}

  async run(signal: AbortSignal, ready: () => void): Promise<void> {
    this.working = true;
    this.setTargets(this.targets);
    ready();
    await aborted(signal);
    this.working = false;
    for (const id of this.checks.keys()) this.drop(id);
    await Promise.all(this.running);
  }

  /** Takes the whole list of instances to check. One whose check is still the same keeps its state, all others start anew. */
  setTargets(services: readonly DiscoveredService[]): void {
    this.targets = services;
    if (!this.working) return;
    const found = new Set(services.map(({ id }) => id));
    for (const id of this.checks.keys()) {
      if (!found.has(id)) this.drop(id);
    }
    for (const service of services) this.take(service);
  }

  /** @returns undefined for an unknown instance, and until its first runs have decided */
  state(id: string): CheckState | undefined {
    return this.checks.get(id)?.state;
  }

  /** How the check of an instance stands; undefined for one that is not checked here. */
  report(id: string): CheckReport | undefined {
    const check = this.checks.get(id);
    return check && this.reportOf(check);
  }

  /** How every check stands, in no order. */
  reports(): readonly CheckReport[] {
    return [...this.checks.values()].map((check) => this.reportOf(check));
  }

  get counters(): CheckCounters {
    const { checks, running, waiting, runs, failures } = this;
    return { checks: checks.size, running: running.size, queued: waiting.size, runs, failures };
  }

  private reportOf(check: Check): CheckReport {
    return reportOf(check, this.deps.clock.now(), this.waiting.has(check));
  }

  private take(service: DiscoveredService): void {
    const plan = planCheck(service, this.options);
    const known = this.checks.get(service.id);
    if (known && JSON.stringify(known.plan.method) === JSON.stringify(plan.method)) {
      const retimed = known.plan.timing.intervalMs !== plan.timing.intervalMs;
      known.service = service;
      known.plan = plan;
      this.stateFaults(service, plan.faults);
      if (retimed && known.next) this.schedule(known);
      return;
    }
    if (known) this.drop(service.id);
    this.stateFaults(service, plan.faults); // after the drop, which ends what the old check had stated
    const check: Check = {
      service,
      plan,
      progress: NEW_CHECK,
      state: undefined,
      last: undefined,
      failures: 0,
      startedAt: 0,
      next: undefined,
      madeAt: this.deps.clock.now(),
      abort: new AbortController(),
    };
    this.checks.set(service.id, check);
    this.enqueue(check);
  }

  private drop(id: string): void {
    const check = this.checks.get(id);
    if (!check) return;
    this.checks.delete(id);
    this.waiting.delete(check);
    check.next?.cancel();
    check.abort.abort();
    this.stateFaults(check.service, []);
  }

  private enqueue(check: Check): void {
    check.next = undefined;
    if (check.plan.method.kind === 'known') {
      this.start(check); // it occupies nothing, so it need not wait in line
      return;
    }
    this.waiting.add(check);
    this.startWaiting();
  }

  private startWaiting(): void {
    for (const check of this.waiting) {
      if (this.running.size >= this.options.maxChecks) return;
      this.waiting.delete(check);
      this.start(check);
    }
  }

  private start(check: Check): void {
    check.startedAt = this.deps.clock.now();
    const limits = { timeoutMs: check.plan.timing.timeoutMs, signal: check.abort.signal };
    const run = runMethod(check.plan.method, limits, this.deps.probes).then((result) => {
      this.running.delete(run);
      if (!check.abort.signal.aborted) this.ended(check, result);
      this.startWaiting();
    });
    this.running.add(run);
  }

  private ended(check: Check, result: ProbeResult): void {
    const { id, name } = check.service;
    const { outcome } = result;
    const passed = outcome === 'passed';
    this.runs += 1;
    if (!passed) {
      this.failures += 1;
      check.failures += 1;
    }
    const [output, endedAt] = [paragraph(result.output), this.deps.clock.now()];
    check.last = { outcome, output, endedAt, tookMs: endedAt - check.startedAt };
    const before = check.state;
    check.progress = afterRun(check.progress, passed, check.plan.timing);
    this.schedule(check);

    const { status, runs } = check.progress;
    if (status === 'undecided') return;
    const reason = REASONS[outcome];
    const state: CheckState = { status, reason, output, endedAt, runs };
    check.state = state;
    if (before?.status !== status) this.deps.log.debug(`${name} is ${status}: ${output}`, { id, reason });
    if (before?.status !== status || before.reason !== reason || before.output !== output)
      this.deps.onResult(id, state, before);
  }

  private schedule(check: Check): void {
    const { clock } = this.deps;
    check.next?.cancel();
    if (check.plan.method.kind === 'known') return;
    const now = clock.now();
    const delay = nextDelay(check.progress, check.plan.timing, now - check.madeAt);
    const due = check.startedAt + (check.progress.everHealthy ? this.spread(delay) : delay);
    const inMs = Math.max(due - now, LEAST_PAUSE_MS);
    check.next = { dueAt: now + inMs, cancel: clock.after(inMs, () => this.enqueue(check)) };
  }

  private stateFaults({ id, name }: DiscoveredService, faults: CheckPlan['faults']): void {
    const { problems, log } = this.deps;
    for (const code of PLAN_FAULTS) {
      const fault = faults.find((other) => other.code === code);
      if (!fault) {
        problems.clear(ROOM, code, id);
        continue;
      }
      const message = `health check of ${name}: ${fault.message}`;
      if (problems.raise({ room: ROOM, code, subject: id, message })) log.warn(message, { id, code });
    }
  }

  /** Moves a time by up to a twentieth either way, so that checks that began together drift apart. */
  private spread(delay: Millis): Millis {
    return delay * (0.95 + this.deps.random.below(101) / 1_000);
  }
}
