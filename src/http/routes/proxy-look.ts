import type Router from '@koa/router';
import { oncePerObject } from '../../lib/once-per-object.js';
import { formatTimestamp } from '../../service/timestamp.js';
import { HttpError } from '../http-error.js';
import type { ProxyLook, ServedChange } from '../proxy-look.js';
import { answerKept } from '../shared-json.js';
import { managed } from './proxy.js';

/**
 * `GET /api/proxy/stats`: what HAProxy counts; `GET /api/proxy/config`: the text that it has, and what changed in it the last time. Like
 * `/haproxy.cfg` and `/api/at` they are for everybody who may reach the agent, but for no page of another origin.
 */
export function proxyLookRoutes(router: Router, look: ProxyLook | undefined): void {
  router.get('/api/proxy/stats', async (ctx) => {
    const figures = await managed(look).figures();
    if (!figures.ok) {
      ctx.set('Retry-After', '1');
      throw new HttpError(503, figures.fault.message, figures.fault.code);
    }
    ctx.set('Cache-Control', 'no-cache');
    await answerKept(ctx, figures.value);
  });

  router.get('/api/proxy/config', async (ctx) => {
    const config = managed(look).config();
    if (!config) {
      ctx.set('Retry-After', '1');
      throw new HttpError(503, 'it is not known yet what HAProxy runs');
    }
    ctx.set('Cache-Control', 'no-cache');
    await answerKept(ctx, bodyOf(config));
  });
}

const bodyOf = oncePerObject(({ appliedAt, previous, ...config }: ServedChange) =>
  Buffer.from(
    `${JSON.stringify({
      ...config,
      appliedAt: formatTimestamp(appliedAt),
      previous: previous ? { ...previous, appliedAt: formatTimestamp(previous.appliedAt) } : null,
    })}\n`,
  ),
);
