import type Router from '@koa/router';
import type { Context } from 'koa';
import type { MetricsRegistry } from '../../metrics/registry.js';
import { answerFacts } from '../answer.js';
import type { Explainer } from '../explain.js';
import { FewAtOnce } from '../few-at-once.js';
import { HttpError } from '../http-error.js';
import { singleParameters } from '../single-parameters.js';

/** Each costs up to one question to HAProxy and some to other hosts. */
const MAX_ANSWERS = 8;

/**
 * `GET /api/explain/{service}`, `/{id or host}`: why it is routed or not. A name with a slash is asked for as
 * `/api/explain?service=NAME&which=ID`. With `?half=local` only this host's part of the way, which is how agents ask each other.
 */
export function explainRoutes(
  router: Router,
  deps: { readonly explainer: Explainer; readonly metrics: MetricsRegistry },
): void {
  const { explainer, metrics } = deps;
  const few = new FewAtOnce(MAX_ANSWERS, 'explanations are being made');
  metrics.declare(
    () => few.refused,
    [
      {
        type: 'counter',
        name: 'sidecar_http_explains_refused_total',
        help: 'Questions for an explanation that were refused because too many were being answered.',
        value: (count) => count,
      },
    ],
  );

  async function answer(ctx: Context, service: string, which: string | undefined, half?: string): Promise<void> {
    if (half !== undefined && half !== 'local') throw new HttpError(400, 'half is local, or is left out');
    if (half === 'local') {
      answerFacts(ctx, 200, explainer.ownHalf(service));
      return;
    }
    answerFacts(ctx, 200, await few.make(ctx, () => explainer.explain(service, which)));
  }

  router.get('/api/explain', (ctx) => {
    const given = singleParameters(ctx.query, ['service', 'which', 'half']);
    const service = given.get('service') ?? '';
    if (service === '') throw new HttpError(400, 'service is the name of a service');
    return answer(ctx, service, given.get('which') || undefined, given.get('half'));
  });
  for (const path of ['/api/explain/:service', '/api/explain/:service/:which'])
    router.get(path, (ctx) => {
      const { service = '', which } = ctx.params;
      return answer(ctx, service, which, singleParameters(ctx.query, ['half']).get('half'));
    });
}
