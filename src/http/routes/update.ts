import type Router from '@koa/router';
import type { MetricsRegistry } from '../../metrics/registry.js';
import { answer } from '../answer.js';
import { guardedBytes } from '../guard.js';
import type { HeldState } from '../held-state.js';
import { HttpError, listedErrors } from '../http-error.js';

/** Each may hold a body of the longest kind in memory. */
const MAX_UPDATES = 4;

/** `POST /update` (contract section 10.4): an event of a Sidecar, with its whole state. More than four at once are refused. */
export function updateRoute(
  router: Router,
  deps: {
    readonly held: HeldState;
    readonly token: string | undefined;
    /** Bytes; a longer body is refused. */
    readonly maxBody: number;
    readonly metrics: MetricsRegistry;
  },
): void {
  const read = guardedBytes(deps.token, deps.maxBody, 'dropped');
  let [running, turnedAway] = [0, 0];
  deps.metrics.declare(
    () => turnedAway,
    [
      {
        type: 'counter',
        name: 'sidecar_http_updates_turned_away_total',
        help: 'Posted updates that were not read because too many were being read.',
        value: (count) => count,
      },
    ],
  );
  router.post('/update', listedErrors, async (ctx) => {
    if (running >= MAX_UPDATES) {
      turnedAway += 1;
      ctx.set('Retry-After', '1');
      throw new HttpError(503, `${MAX_UPDATES} updates are being read already: post it again in a moment`);
    }
    running += 1;
    try {
      const refusal = deps.held.post(await read(ctx));
      if (refusal !== undefined) throw new HttpError(500, refusal);
      answer(ctx, 200, 'application/json', '');
    } finally {
      running -= 1;
    }
  });
}
