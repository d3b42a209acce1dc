import { afterEach, describe, expect, test } from '@jest/globals';
import type { HttpProbe, ProbeResult } from '../../src/lib/probe.js';
import { ProblemBoard } from '../../src/lib/problems.js';
import type { CheckState } from '../../src/health/check-report.js';
import { HealthChecks } from '../../src/health/health-checks.js';
import type { DiscoveredService } from '../../src/service/discovered.js';
import { discovered } from '../support/records.js';
import { FakeClock, fakeWall, settle } from '../support/time.js';

const PASSED: ProbeResult = { outcome: 'passed', output: '200 OK' };
const FAILED: ProbeResult = { outcome: 'failed', output: 'refused' };

/** Checks whose answers the test gives: at once, or, while `hold` is set, when it calls `release`. */
class Bench {
  readonly clock = new FakeClock();
  readonly problems = new ProblemBoard(fakeWall(this.clock));
  readonly asked: string[] = [];
  readonly told: [id: string, status: CheckState['status'], reason: string, output: string][] = [];
  readonly logged: string[] = [];
  answer: ProbeResult = PASSED;
  hold = false;
  release: (() => void)[] = [];
  readonly checks: HealthChecks;
  private readonly stop = new AbortController();
  private ended: Promise<void> | undefined;

  constructor(maxChecks = 50, below = (n: number) => Math.floor(n / 2)) {
    const note = (message: string): void => void this.logged.push(message);
    const log = { debug: note, info: note, warn: note, error: note, child: () => log };
    const http: HttpProbe = (url, { signal }) => {
      this.asked.push(`${this.clock.now()} ${url.hostname}`);
      if (!this.hold) return Promise.resolve(this.answer);
      return new Promise((resolve) => {
        this.release.push(() => resolve(this.answer));
        signal.addEventListener('abort', () => resolve(FAILED));
      });
    };
    const never = () => Promise.reject(new Error('not part of this test'));
    this.checks = new HealthChecks(
      {
        publishedAddress: '10.0.0.1',
        defaultCheckEndpoint: '/',
        checkIntervalMs: 1_000,
        maxChecks,
      },
      {
        probes: { http, tcp: never, command: never },
        onResult: (id, { status, reason, output }) => void this.told.push([id, status, reason, output]),
        clock: this.clock,
        random: { below },
        problems: this.problems,
        log,
      },
    );
  }

  start(): void {
    this.ended = this.checks.run(this.stop.signal, () => undefined);
  }

  async end(): Promise<void> {
    this.stop.abort();
    await this.ended;
  }
}

const web = (id: string, overrides: Partial<DiscoveredService> = {}): DiscoveredService =>
  discovered({ id, check: { type: 'HttpGet', args: `http://${id}/` }, ...overrides });

let bench: Bench;
afterEach(() => bench.end());

function begin(services: readonly DiscoveredService[], maxChecks?: number): Bench {
  bench = new Bench(maxChecks);
  bench.start();
  bench.checks.setTargets(services);
  return bench;
}

describe('health checks', () => {
  test('the first check runs at once, the next ones each interval', async () => {
    const { clock, asked, told } = begin([web('a')]);
    await clock.advance(2_500);
    expect(asked).toEqual(['0 a', '1000 a', '2000 a']);
    expect(told).toEqual([['a', 'healthy', 'check-passed', '200 OK']]);
  });

  test('how a check stands is told: running, waiting in line, ended', async () => {
    bench = new Bench(1);
    bench.hold = true;
    bench.start();
    bench.checks.setTargets([web('a'), web('b')]);
    await bench.clock.advance(400);
    expect(bench.checks.report('a')).toMatchObject({
      kind: 'http',
      state: undefined,
      isWaiting: false,
      runningMs: 400,
    });
    expect(bench.checks.report('a')?.nextInMs).toBeUndefined();
    expect(bench.checks.report('b')).toMatchObject({ isWaiting: true, runningMs: undefined, nextInMs: 0 });
    bench.hold = false;
    bench.release[0]?.();
    await bench.clock.advance(300);
    expect(bench.checks.report('a')).toMatchObject({
      ...{ isWaiting: false, runningMs: undefined, last: { endedAgoMs: 300 }, streak: 1 },
      state: { status: 'healthy', output: '200 OK' },
    });
    expect(bench.checks.report('c')).toBeUndefined();
  });

  test('every check is told of with its last run, also while nothing is decided, and with when the next is due', async () => {
    bench = new Bench();
    bench.hold = true;
    bench.start();
    bench.checks.setTargets([
      web('a', { name: 'web', tuning: { rise: 3 } }),
      web('b', { name: 'calm', check: { type: 'AlwaysSuccessful', args: '' } }),
    ]);
    await bench.clock.advance(40);
    bench.hold = false;
    bench.release[0]?.();
    await bench.clock.advance(25);
    const [a, b] = bench.checks.reports();
    expect(a).toMatchObject({
      ...{ service: 'web', id: 'a', kind: 'http', target: 'http://a/', status: 'undecided', state: undefined },
      ...{ last: { outcome: 'passed', output: '200 OK', tookMs: 40, endedAgoMs: 25 } },
      ...{ streak: 1, runs: 1, failures: 0, runningMs: undefined, nextInMs: 75, rise: 3 },
    });
    expect(b).toMatchObject({
      service: 'calm',
      kind: 'known',
      target: undefined,
      status: 'healthy',
      nextInMs: undefined,
    });
    bench.answer = FAILED;
    await bench.clock.advance(400);
    expect(bench.checks.reports()[0]).toMatchObject({
      ...{ status: 'failed', last: { outcome: 'failed', output: 'refused' }, streak: 2, runs: 3, failures: 2 },
    });
  });

  test('what was handed over before the start is checked at the start', async () => {
    bench = new Bench();
    bench.checks.setTargets([web('a')]);
    await bench.clock.advance(5_000);
    expect(bench.asked).toEqual([]);
    bench.start();
    expect(bench.asked).toEqual(['5000 a']);
  });

  test('a new instance that is not healthy yet is tried again soon', async () => {
    bench = new Bench();
    bench.answer = FAILED;
    bench.start();
    bench.checks.setTargets([web('a')]);
    const { clock, asked, told } = bench;
    await clock.advance(800);
    bench.answer = PASSED;
    await clock.advance(900);
    expect(asked).toEqual(['0 a', '100 a', '300 a', '700 a', '1500 a']);
    expect(told.map(([, status]) => status)).toEqual(['failed', 'healthy']);
  });

  test('a result is told only when status, reason or output changed', async () => {
    const { clock, told } = begin([web('a')]);
    await clock.advance(1_500);
    bench.answer = FAILED;
    await clock.advance(2_000);
    bench.answer = { outcome: 'timed-out', output: 'no answer\n\u0007within 3 s' };
    await clock.advance(1_000);
    expect(told).toEqual([
      ['a', 'healthy', 'check-passed', '200 OK'],
      ['a', 'failed', 'check-failed', 'refused'],
      ['a', 'failed', 'check-timed-out', 'no answer within 3 s'],
    ]);
    expect(bench.checks.state('a')).toMatchObject({ status: 'failed', runs: 5, endedAt: 4_000 });
    expect(bench.checks.counters).toEqual({ checks: 1, running: 0, queued: 0, runs: 5, failures: 3 });
  });

  test('a restart with a high rise says nothing until the passes are complete', async () => {
    const { clock, told } = begin([web('a', { tuning: { rise: 3 } })]);
    await clock.advance(200);
    expect(told).toEqual([]);
    expect(bench.checks.state('a')).toBeUndefined();
    await clock.advance(200);
    expect(told.map(([, status]) => status)).toEqual(['healthy']);
  });

  test('a run longer than the interval delays the next: never two at once', async () => {
    bench = new Bench();
    bench.hold = true;
    bench.start();
    bench.checks.setTargets([web('a')]);
    await bench.clock.advance(2_500);
    expect(bench.asked).toEqual(['0 a']);
    bench.release.shift()?.();
    await bench.clock.advance(200);
    expect(bench.asked).toEqual(['0 a', '2600 a']);
  });

  test('at most max_checks run at once, the others wait in line', async () => {
    bench = new Bench(2);
    bench.hold = true;
    bench.start();
    bench.checks.setTargets(['a', 'b', 'c', 'd', 'e'].map((id) => web(id)));
    expect(bench.checks.counters).toMatchObject({ running: 2, queued: 3 });
    bench.checks.setTargets(['a', 'b', 'd', 'e'].map((id) => web(id))); // c leaves the line
    bench.release.shift()?.();
    await settle();
    expect(bench.asked).toEqual(['0 a', '0 b', '0 d']);
    expect(bench.checks.counters).toMatchObject({ running: 2, queued: 1 });
  });

  test('what needs no run does not wait in line', async () => {
    bench = new Bench(1);
    bench.hold = true;
    bench.start();
    bench.checks.setTargets([
      web('a'),
      web('b', { check: { type: 'AlwaysSuccessful', args: '' }, tuning: { rise: 5 } }),
    ]);
    expect(bench.told).toEqual([]); // never from within setTargets
    await settle();
    expect(bench.told.map(([id, status]) => [id, status])).toEqual([['b', 'healthy']]);
    expect(bench.clock.armed).toBe(0);
  });

  test('what its source observes is told at once, without a run, and its own check takes over again when that ends', async () => {
    const observed = (isHealthy: boolean, why: string) => web('a', { observed: { isHealthy, why } });
    const { clock, checks, asked, told } = begin([observed(false, 'paused')]);
    await clock.advance(0);
    checks.setTargets([observed(true, 'healthy')]);
    await clock.advance(0);
    checks.setTargets([observed(true, 'healthy')]);
    await clock.advance(5_000);
    expect(asked).toEqual([]);
    checks.setTargets([web('a')]);
    await clock.advance(0);
    expect(told).toEqual([
      ['a', 'failed', 'check-failed', 'paused'],
      ['a', 'healthy', 'check-passed', 'healthy'],
      ['a', 'healthy', 'check-passed', '200 OK'],
    ]);
  });

  test('an unchanged check keeps its state although the service is described anew', async () => {
    const { clock, asked, told } = begin([web('a')]);
    await clock.advance(500);
    bench.checks.setTargets([web('a', { image: 'web:2' })]);
    await clock.advance(400);
    expect(asked).toEqual(['0 a']);
    expect(told).toHaveLength(1);
  });

  test('a changed check starts anew, and the run of the old one is ended and not told', async () => {
    bench = new Bench();
    bench.hold = true;
    bench.start();
    bench.checks.setTargets([web('a')]);
    bench.checks.setTargets([web('a', { check: { type: 'HttpGet', args: 'http://other/' } })]);
    await settle();
    expect(bench.asked).toEqual(['0 a', '0 other']);
    expect(bench.told).toEqual([]);
    expect(bench.checks.counters.running).toBe(1);
  });

  test('a changed interval holds at once', async () => {
    const { clock, asked } = begin([web('a', { tuning: { intervalMs: 60_000 } })]);
    await clock.advance(3_000);
    bench.checks.setTargets([web('a', { tuning: { intervalMs: 5_000 } })]);
    await clock.advance(2_000);
    expect(asked).toEqual(['0 a', '5000 a']);
  });

  test('an instance that is gone is no longer checked and has no state', async () => {
    const { clock, asked } = begin([web('a'), web('b')]);
    await clock.advance(500);
    bench.checks.setTargets([web('b')]);
    await clock.advance(1_000);
    expect(asked).toEqual(['0 a', '0 b', '1000 b']);
    expect(bench.checks.state('a')).toBeUndefined();
  });

  test('what is wrong with a check is stated once, and no longer when it is mended', async () => {
    const odd = web('a', { check: { type: 'Odd', args: 'http://x:{{ tcp 1 }}{{ tcp 2 }}/' } });
    begin([odd]);
    bench.checks.setTargets([odd]);
    expect(bench.problems.list().map(({ code, subject }) => [code, subject])).toEqual([
      ['CHECK_TYPE_UNKNOWN', 'a'],
      ['SERVICE_PORT_NOT_FOUND', 'a'],
    ]);
    expect(bench.logged).toHaveLength(2);
    bench.checks.setTargets([{ ...odd, check: { type: 'Odd', args: 'http://y:{{ tcp 1 }}/' } }]);
    expect(bench.problems.list()).toHaveLength(2); // the check that ended takes nothing away from the new one
    bench.checks.setTargets([web('a')]);
    expect(bench.problems.list()).toEqual([]);
    await settle();
  });

  test('checks that began together drift apart', async () => {
    let draw = 0;
    bench = new Bench(50, (n) => (draw += 37) % n);
    bench.start();
    bench.checks.setTargets(['a', 'b', 'c'].map((id) => web(id)));
    await bench.clock.advance(1_100);
    const second = bench.asked.slice(3).map((line) => Number(line.split(' ')[0]));
    expect(new Set(second).size).toBe(3);
    for (const at of second) expect(Math.abs(at - 1_000)).toBeLessThanOrEqual(50);
  });

  test('at the stop running checks are ended and awaited, and no timer is left', async () => {
    const { clock } = begin([web('a')]);
    await clock.advance(500);
    bench.hold = true;
    await clock.advance(600);
    expect(bench.checks.counters.running).toBe(1);
    await bench.end();
    expect(bench.checks.counters).toMatchObject({ checks: 0, running: 0, queued: 0 });
    expect(clock.armed).toBe(0);
  });
});
