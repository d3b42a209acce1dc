import type Router from '@koa/router';
import type { Context } from 'koa';
import { answer, answerEmpty } from '../answer.js';
import type { ConfigReader, ConfigRefusal } from '../config-reader.js';
import { HttpError } from '../http-error.js';
import { readPullQuery } from '../pull-query.js';

const STATUS: Readonly<Record<ConfigRefusal['code'], number>> = {
  'not-informed': 503,
  'too-many-waiting': 503,
  'too-many-configurations': 503,
  'unknown-template': 404,
  'no-configuration': 500,
};

/**
 * `GET /haproxy.cfg`: a configuration for an HAProxy elsewhere. With `If-None-Match` it is 304 for the one that the client has,
 * with `wait` only if no other comes in that time.
 */
export function haproxyCfgRoute(router: Router, configs: ConfigReader): void {
  router.get('/haproxy.cfg', async (ctx) => {
    const { asker, waitMs } = readPullQuery(ctx.query);
    const isKnown = knownTo(ctx.get('If-None-Match'));
    const pulled = await configs.pull(asker, isKnown, waitMs, closed(ctx));
    if (!pulled.ok) {
      const { code, message } = pulled.fault;
      if (STATUS[code] === 503) ctx.set('Retry-After', '1');
      throw new HttpError(STATUS[code], message, code);
    }
    const { text, etag } = pulled.value;
    ctx.set('ETag', etag);
    ctx.set('Cache-Control', 'no-cache'); // to be kept, but never used unasked
    if (isKnown(etag)) answerEmpty(ctx, 304);
    else answer(ctx, 200, 'text/plain; charset=utf-8', text);
  });
}

/** RFC 9110, 13.1.2: `*`, or a list in which a weak tag is as good as a strong one. */
function knownTo(ifNoneMatch: string): (etag: string) => boolean {
  if (ifNoneMatch.trim() === '*') return () => true;
  const tags = new Set(ifNoneMatch.match(/"[^"]*"/g));
  return (etag) => tags.has(etag);
}

/** Aborts when the client has gone, so that nobody waits for it. */
function closed(ctx: Context): AbortSignal {
  const gone = new AbortController();
  ctx.res.once('close', () => gone.abort());
  return gone.signal;
}
