import type Router from '@koa/router';
import type { MetricsRegistry } from '../../metrics/registry.js';
import { answer } from '../answer.js';

/** `GET /metrics`: every figure in Prometheus' text format. */
export function metricsRoute(router: Router, metrics: MetricsRegistry): void {
  router.get('/metrics', async (ctx) => {
    ctx.set('Cache-Control', 'no-store');
    answer(ctx, 200, metrics.contentType, await metrics.text());
  });
}
