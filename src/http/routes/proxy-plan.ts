import type Router from '@koa/router';
import type { Context } from 'koa';
import { answerFacts } from '../answer.js';
import { FewAtOnce } from '../few-at-once.js';
import { guardedText } from '../guard.js';
import { HttpError } from '../http-error.js';
import type { MetricsRegistry } from '../../metrics/registry.js';
import type { PlanCandidate, ProxyFacts } from '../proxy.js';
import { isTemplateName, TEMPLATE_NAME } from '../template-name.js';
import { managed } from './proxy.js';

const MAX_TEMPLATE_BYTES = 1024 * 1024;
/** Each plan costs a rendering and a run of HAProxy: two leave the processor to the agent's own work. */
const MAX_PLANS = 2;

/**
 * `GET /api/proxy/plan`: what would change if HAProxy got what catalog and template say now, with `?template=NAME` by another
 * template of `template_dir`; `POST` takes the text of a template. Nothing is applied; more than two at once are refused.
 */
export function proxyPlanRoutes(
  router: Router,
  deps: {
    readonly proxy: ProxyFacts | undefined;
    readonly metrics: MetricsRegistry;
    readonly token: string | undefined;
  },
): void {
  const readText = guardedText(deps.token, MAX_TEMPLATE_BYTES);
  const few = new FewAtOnce(MAX_PLANS, 'plans are being made');
  deps.metrics.declare(
    () => few.refused,
    [
      {
        type: 'counter',
        name: 'sidecar_http_plans_refused_total',
        help: 'Questions for a plan that were refused because too many were being answered.',
        value: (count) => count,
      },
    ],
  );

  async function answerPlan(ctx: Context, read: () => PlanCandidate | Promise<PlanCandidate>): Promise<void> {
    const proxy = managed(deps.proxy);
    const plan = await few.make(ctx, async () => proxy.plan(await read()));
    if (plan === 'unknown-template') throw new HttpError(404, 'haproxy.template_dir has no template of that name');
    answerFacts(ctx, 200, plan);
  }

  router.get('/api/proxy/plan', (ctx) => answerPlan(ctx, () => candidateOf(ctx.query['template'])));
  router.post('/api/proxy/plan', (ctx) =>
    answerPlan(ctx, async () => {
      const type = ctx.get('Content-Type');
      if (type !== '' && !/^text\/plain *(?:;|$)/i.test(type))
        throw new HttpError(415, 'expected the text of a template as text/plain');
      return { kind: 'text', text: await readText(ctx) };
    }),
  );
}

function candidateOf(name: string | readonly string[] | undefined): PlanCandidate {
  if (name === undefined) return { kind: 'current' };
  if (typeof name === 'string' && isTemplateName(name)) return { kind: 'named', name };
  throw new HttpError(400, `template is ${TEMPLATE_NAME}`);
}
