import type Router from '@koa/router';
import type { CatalogReader } from '../../catalog/reader.js';
import type { Millis } from '../../lib/ports.js';
import { compareBytes } from '../../service/go-json.js';
import { answerFacts } from '../answer.js';

/** How the health check of one instance of this host stands. */
export interface CheckStanding {
  readonly service: string;
  readonly id: string;
  readonly kind: 'http' | 'tcp' | 'command' | 'known';
  /** Of a command undefined: it may hold what not everybody should read. */
  readonly target: string | undefined;
  readonly status: 'healthy' | 'failed' | 'undecided';
  readonly last:
    | {
        readonly outcome: 'passed' | 'failed' | 'timed-out';
        readonly output: string;
        readonly endedAgoMs: Millis;
        readonly tookMs: Millis;
      }
    | undefined;
  readonly streak: number;
  readonly runs: number;
  readonly failures: number;
  readonly isWaiting: boolean;
  readonly runningMs: Millis | undefined;
  readonly nextInMs: Millis | undefined;
  readonly intervalMs: Millis;
  readonly timeoutMs: Millis;
  readonly rise: number;
  readonly fall: number;
}

/** The health checks of this host. */
export interface CheckReader {
  /** In no order. */
  reports(): readonly CheckStanding[];
}

/** What is enough to see what a check showed. */
const MAX_OUTPUT = 1_024;

/** `GET /api/checks`: how the health check of each instance of this host stands, by service and id. */
export function checksRoute(
  router: Router,
  { catalog, checks }: { readonly catalog: CatalogReader; readonly checks: CheckReader },
): void {
  router.get('/api/checks', (ctx) => {
    const { hostname: host } = catalog.snapshot();
    const sorted = checks.reports().toSorted((a, b) => compareBytes(a.service, b.service) || compareBytes(a.id, b.id));
    answerFacts(ctx, 200, { host, checks: sorted.map(listed) });
  });
}

/** Times to a tenth of a millisecond. */
function listed({ service, id, kind, target, status, last, ...rest }: CheckStanding): object {
  const { streak, runs, failures, isWaiting, runningMs, nextInMs, intervalMs, timeoutMs, rise, fall } = rest;
  return {
    ...{ service, id, type: kind, args: target, status },
    ...{ lastResult: last?.outcome, output: last && shortened(last.output) },
    ...{ endedAgoMs: rounded(last?.endedAgoMs), tookMs: rounded(last?.tookMs), streak, runs, failures },
    ...{ isWaiting, runningMs: rounded(runningMs), nextInMs: rounded(nextInMs) },
    ...{ intervalMs, timeoutMs, rise, fall },
  };
}

const shortened = (output: string): string =>
  output.length <= MAX_OUTPUT ? output : `${output.slice(0, MAX_OUTPUT - 1)}…`;

const rounded = (ms: Millis | undefined): Millis | undefined => ms && Math.round(ms * 10) / 10;
