import type Router from '@koa/router';
import { answer } from '../answer.js';
import type { EventFeed } from '../event-feed.js';
import { readLiveQuery } from '../event-query.js';
import { HttpError } from '../http-error.js';
import { sinkOf } from './watch.js';

const TYPE = 'text/event-stream';

/** `GET /api/events`: what happens, as it happens, as server-sent events. */
export function eventsRoute(router: Router, feed: EventFeed): void {
  router.get('/api/events', (ctx) => {
    const { filter, after } = readLiveQuery(ctx.query, ctx.get('Last-Event-ID'));
    ctx.set('Content-Type', TYPE);
    ctx.set('Cache-Control', 'no-store');
    ctx.set('X-Accel-Buffering', 'no'); // nginx would keep events until it has enough of them
    if (ctx.method === 'HEAD') {
      answer(ctx, 200, TYPE, '');
      return;
    }
    ctx.status = 200;
    const gone = feed.add(filter, after, sinkOf(ctx));
    if (!gone) {
      ctx.set('Retry-After', '5');
      throw new HttpError(503, 'this agent has all the readers it can serve, or is ending: ask again in a moment');
    }
    ctx.respond = false;
    ctx.res.on('close', gone);
  });
}
