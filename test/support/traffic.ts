import { fork, type ChildProcess } from 'node:child_process';
import { resolve } from 'node:path';
import { until } from './until.js';

export type Kind = 'keep-alive' | 'close' | 'stream';

/** Who asks one port, and how: each worker asks, waits for the whole answer, pauses and asks again. */
export interface Lane {
  readonly port: number;
  readonly kind: Kind;
  readonly workers: number;
  readonly pauseMs: number;
}

/** A request that was not answered by a complete 200 with the body that belongs to it. Times are `monotonicMs`. */
export interface Failure {
  /** As it stands in `x-request`. */
  readonly name: string;
  readonly port: number;
  readonly kind: Kind;
  readonly method: 'GET' | 'POST';
  /** Who had begun to answer. */
  readonly backend?: string;
  readonly wrong: string;
  readonly sentMs: number;
  readonly failedMs: number;
}

interface Report {
  readonly requests: number;
  readonly posts: number;
  readonly failed: number;
  readonly failures: readonly Failure[];
  readonly answers: Readonly<Record<string, number>>;
}

/** Milliseconds on the system's monotonic clock, the same in every process of this host. */
export const monotonicMs = (): number => Number(process.hrtime.bigint()) / 1e6;

const STEADY: readonly (readonly [Kind, number])[] = [
  ['keep-alive', 25],
  ['close', 25],
  ['stream', 100],
];

/** One worker of each kind for each of `ports`. */
export const everyKind = (ports: readonly number[]): readonly Lane[] =>
  ports.flatMap((port) => STEADY.map(([kind, pauseMs]) => ({ port, kind, workers: 1, pauseMs })));

/** A constant load from a process of its own, which counts every request that fails. */
export class Traffic {
  requests = 0;
  posts = 0;
  /** How many failed; at most the first 1,000 of them are in `failures`. */
  failed = 0;
  readonly failures: Failure[] = [];
  private readonly answers = new Map<string, number>();
  private stopped = false;
  private readonly child: ChildProcess;

  constructor(lanes: readonly Lane[]) {
    this.child = fork(resolve('test/support/traffic-process.mjs'), { execArgv: [] });
    this.child.on('message', (message: 'stopped' | { readonly report: Report }) => {
      if (message === 'stopped') this.stopped = true;
      else this.take(message.report);
    });
    this.child.send({ lanes });
  }

  /** How many complete answers a backend has given. */
  answersOf(backend: string): number {
    return this.answers.get(backend) ?? 0;
  }

  /** Lets every request that is on its way come to its end, and counts it. */
  async stop(): Promise<void> {
    this.child.send('stop');
    await until('every request has come to its end', () => this.stopped, 30_000);
  }

  async destroy(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGKILL');
    await gone;
  }

  private take(report: Report): void {
    this.requests += report.requests;
    this.posts += report.posts;
    this.failed += report.failed;
    this.failures.push(...report.failures);
    for (const [backend, count] of Object.entries(report.answers))
      this.answers.set(backend, this.answersOf(backend) + count);
  }
}
