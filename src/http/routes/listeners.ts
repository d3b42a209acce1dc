import type Router from '@koa/router';
import type { Timestamp } from '../../service/timestamp.js';
import { answerFacts } from '../answer.js';

/** How it stands with one who is told of changes. Totals count from the moment when it was added. */
export interface ListenerStatus {
  /** Without its password. */
  readonly url: string;
  readonly source: 'config' | 'service';
  /** `<name>-<id>` of the instance that asked for it; undefined for one of the configuration. */
  readonly service: string | undefined;
  readonly state: 'ok' | 'retrying' | 'away';
  readonly pending: number;
  readonly delivered: number;
  readonly skipped: number;
  readonly failures: number;
  readonly lastFault: string | undefined;
  readonly lastDeliveredAt: Timestamp | undefined;
}

export interface ListenerFacts {
  status(): readonly ListenerStatus[];
}

/** `GET /api/listeners`: who is told of changes, and how far each has come; null where nothing is known. */
export function listenersRoute(router: Router, listeners: ListenerFacts): void {
  router.get('/api/listeners', (ctx) => answerFacts(ctx, 200, listeners.status()));
}
