import type Router from '@koa/router';
import type { Middleware } from 'koa';
import type { CatalogReader } from '../../catalog/reader.js';
import { answerFresh } from '../answer.js';
import type { ClusterControl } from '../cluster.js';

/** `POST /api/leave`: 202, and the agent takes its services out of the cluster, leaves it and ends. */
export function leaveRoute(
  router: Router,
  guard: Middleware,
  deps: { readonly catalog: CatalogReader; readonly control: ClusterControl },
): void {
  router.post('/api/leave', guard, (ctx) => {
    const { clusterName, hostname } = deps.catalog.snapshot();
    deps.control.leave();
    answerFresh(ctx, 202, {
      message: `${hostname} withdraws its services, leaves the cluster ${clusterName}, and ends`,
    });
  });
}
