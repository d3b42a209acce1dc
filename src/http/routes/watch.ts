import type Router from '@koa/router';
import type { Context } from 'koa';
import type { Millis } from '../../lib/ports.js';
import { HttpError } from '../http-error.js';
import type { Watchers, WatchForm, WatchSink } from '../watchers.js';

/** After so long without a byte the system asks whether the other side is still there. */
const TCP_KEEPALIVE_MS: Millis = 60_000;

/**
 * `/watch`, contract section 7.6, at both of its paths: an answer that never ends, one object after the other. With
 * `?by_service=false&ext=1` records have their `Ext`, and every change of a record is told, not the contract's events alone.
 */
export function watchRoutes(router: Router, watchers: Watchers): void {
  router.get(['/watch', '/api/watch'], (ctx) => {
    ctx.set('Content-Type', 'application/json');
    ctx.status = 200;
    const gone = watchers.add(formOf(ctx), sinkOf(ctx));
    if (!gone) {
      ctx.set('Retry-After', '5');
      throw new HttpError(
        503,
        'this agent has all the watchers it can serve, or is ending: ask another one, or again in a moment',
      );
    }
    ctx.respond = false;
    ctx.res.on('close', gone);
    ctx.req.socket.setKeepAlive(true, TCP_KEEPALIVE_MS);
  });
}

/** Of a word that is given twice the first counts, as in the original. */
function formOf({ querystring }: Context): WatchForm {
  const query = new URLSearchParams(querystring);
  if (query.get('by_service') !== 'false') return 'by-service';
  return query.get('ext') === '1' ? 'extended-state' : 'state';
}

/** What goes to a client until one of both ends it. */
export function sinkOf({ req, res }: Context): WatchSink {
  return {
    send: (object, taken) => {
      res.write(object, (error) => {
        if (!error) taken(); // of a lost connection the response tells by its end
      });
    },
    end: () => res.end(),
    destroy: () => req.socket.destroy(),
  };
}
