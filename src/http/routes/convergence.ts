import type Router from '@koa/router';
import type { Millis } from '../../lib/ports.js';
import { answerFacts } from '../answer.js';

/** How what a host's HAProxy serves compares with what this one serves. */
export interface ConvergingHost {
  readonly name: string;
  readonly viewHash: string | undefined;
  readonly state: 'level' | 'changing' | 'behind' | 'different' | 'silent' | 'unknown';
  readonly isBehind: boolean;
  readonly behindMs: Millis | undefined;
  readonly wasSlowest: number;
}

/** How long changes take to every proxy of the cluster, as far as this host knows. */
export interface ConvergenceFacts {
  status(): {
    readonly self: ConvergingHost;
    readonly delays: {
      readonly p50Ms: Millis | undefined;
      readonly p99Ms: Millis | undefined;
      readonly lastMs: Millis | undefined;
      readonly changes: number;
      readonly waiting: number;
    };
    readonly hosts: readonly ConvergingHost[];
    readonly contested: readonly {
      readonly servicePort: number;
      readonly holders: readonly { readonly service: string | undefined; readonly hosts: readonly string[] }[];
    }[];
  };
}

/**
 * `GET /api/convergence`: from a change to "in every proxy", who is behind, and who gives a port to another service.
 *
 * @param deps without `proxy` where this agent leaves HAProxy alone
 */
export function convergenceRoute(
  router: Router,
  { convergence, proxy }: { readonly convergence: ConvergenceFacts; readonly proxy: object | undefined },
): void {
  router.get('/api/convergence', (ctx) => {
    const { self, delays, hosts, contested } = convergence.status();
    answerFacts(ctx, 200, {
      hasProxy: proxy !== undefined,
      self: listed(self),
      delays: {
        p50Ms: rounded(delays.p50Ms),
        p99Ms: rounded(delays.p99Ms),
        lastMs: rounded(delays.lastMs),
        changes: delays.changes,
        waiting: delays.waiting,
      },
      hosts: hosts.map(listed),
      contested,
    });
  });
}

const listed = ({ name, viewHash, state, isBehind, behindMs, wasSlowest }: ConvergingHost): object => ({
  ...{ name, viewHash, state, isBehind },
  ...{ behindMs: rounded(behindMs), wasSlowest },
});

/** A delay is known to some percent. */
const rounded = (ms: Millis | undefined): Millis | undefined => ms && Math.round(ms * 10) / 10;
