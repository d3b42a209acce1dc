import type Router from '@koa/router';
import type { Context } from 'koa';
import { printable } from '../../lib/printable.js';
import { answerFresh } from '../answer.js';
import type { ClusterRelay, RelayReader } from '../cluster-relay.js';
import { HttpError } from '../http-error.js';
import { askedHeaders, PASSABLE_PATHS } from '../passable.js';
import { whenOver } from '../unsent-bodies.js';

/** What another cluster says is shown by a page of ours, and must never become one. */
const FOREIGN_POLICY = "default-src 'none'; sandbox";

/** Node lets bytes above ASCII into a request line, and none out. */
const QUERY = /^[\x21-\x7e]*$/;

/**
 * `GET /api/clusters`: which clusters there are; `GET /api/clusters/{name}/{path}`: what an agent of another one answers, for the
 * paths that are passed on.
 */
export function clusterRoutes(router: Router, relay: ClusterRelay): void {
  router.get('/api/clusters', (ctx) => answerFresh(ctx, 200, { clusters: relay.list() }));

  router.get('/api/clusters/:name/*path', async (ctx) => {
    ctx.set('Content-Security-Policy', FOREIGN_POLICY);
    ctx.set('X-Content-Type-Options', 'nosniff');
    const { name: cluster = '', path: rest = '' } = ctx.params;
    const path = PASSABLE_PATHS.find((one) => one === `/${rest}`);
    if (path === undefined)
      throw new HttpError(
        404,
        `other clusters are not asked for ${printable(`/${rest}`)}, but for ${PASSABLE_PATHS.join(', ')}`,
        'not-passed-on',
      );
    if (!QUERY.test(ctx.search)) throw new HttpError(400, 'the query holds what has to be escaped');
    const headers = askedHeaders((name) => ctx.get(name));
    const fault = await relay.pass({ cluster, path, query: ctx.search, headers }, readerOf(ctx));
    if (!fault) return;
    if (fault.status === 503) ctx.set('Retry-After', '1');
    throw new HttpError(fault.status, fault.message, fault.code);
  });
}

function readerOf(ctx: Context): RelayReader {
  const { req, res } = ctx;
  return {
    onOver: (act) => whenOver(ctx, act),
    begin: ({ status, headers }) => {
      ctx.respond = false;
      ctx.status = status;
      ctx.set({ ...headers, Vary: 'Accept-Encoding' });
      res.flushHeaders();
      return ctx.method !== 'HEAD';
    },
    send: (piece) => new Promise((taken) => void res.write(piece, () => taken())),
    end: () => res.end(),
    cut: () => req.socket.destroy(),
  };
}
