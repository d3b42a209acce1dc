import type Router from '@koa/router';
import type { Millis } from '../../lib/ports.js';
import type { Timestamp } from '../../service/timestamp.js';
import { answerFacts } from '../answer.js';

/** One member, and what it believes of all. */
export interface HostView {
  readonly name: string;
  readonly state: string;
  readonly asked: 'self' | 'answered' | 'unanswered' | 'not-asked';
  readonly message: string | undefined;
  readonly sees: number | undefined;
  readonly differs: readonly { readonly name: string; readonly state: string; readonly ours: string }[];
  readonly omitted: number;
  readonly skewMs: Millis | undefined;
  readonly roundTripMs: Millis | undefined;
}

/** What every live member believes of the members. */
export interface MemberViews {
  /** Asks them, unless that was done a moment ago; takes some seconds at most. */
  look(): Promise<{
    readonly time: Timestamp;
    readonly clusterName: string;
    readonly hosts: readonly HostView[];
    readonly partitions: readonly (readonly string[])[];
  }>;
}

/** `GET /api/views`: who sees whom, as each member says itself. */
export function viewsRoute(router: Router, views: MemberViews): void {
  router.get('/api/views', async (ctx) => {
    const { time, clusterName, hosts, partitions } = await views.look();
    answerFacts(ctx, 200, { time, clusterName, hosts: hosts.map(listed), partitions });
  });
}

/** Times to a microsecond. */
const listed = ({ name, state, asked, message, sees, differs, omitted, skewMs, roundTripMs }: HostView): object => ({
  ...{ name, state, asked, message, sees, differs, omitted },
  ...{ skewMs: rounded(skewMs), roundTripMs: rounded(roundTripMs) },
});

const rounded = (ms: Millis | undefined): Millis | undefined => ms && Math.round(ms * 1_000) / 1_000;
