import type { Context, Middleware } from 'koa';
import { allowAnyOrigin, answerEmpty, answerMoved, answerText } from './answer.js';
import { readRequestPath } from './request-path.js';

/** Contract section 7.7: one pattern for OPTIONS matches every single segment, and so decides what is 404 and what 405. */
const ONE_SEGMENT = /^(?:\/api)?\/[^/]+$/;

/** Lets only clean paths through to the routes, which then need not decode anything (contract section 7.1). */
export const cleanPaths: Middleware = async (ctx, next) => {
  if (ctx.url === '*' && ctx.method === 'OPTIONS') {
    answerEmpty(ctx, 200); // asks for the server as a whole, as HAProxy's checks may: RFC 9110, section 9.3.7
    return;
  }
  const target = readRequestPath(ctx.url);
  switch (target.kind) {
    case 'malformed':
      answerText(ctx, 400, '400 Bad Request');
      return;
    case 'moved':
      answerMoved(ctx, target.location);
      return;
    case 'clean':
      ctx.url = target.path + target.query;
      await next();
  }
};

/** What the original says where no route answers: 405 where the path is known for another method, else 404. */
export const noRoute: Middleware = (ctx) => {
  const oneSegment = ONE_SEGMENT.test(ctx.path);
  if (oneSegment && ctx.method === 'OPTIONS') {
    allowAnyOrigin(ctx);
    answerEmpty(ctx, 200);
  } else if (oneSegment || isKnownPath(ctx)) {
    answerEmpty(ctx, 405);
  } else {
    answerNotFound(ctx);
  }
};

/** The same of haproxy-api, which has no pattern for OPTIONS (contract section 10.4). */
export const noApiRoute: Middleware = (ctx) => {
  if (isKnownPath(ctx)) answerEmpty(ctx, 405);
  else answerNotFound(ctx);
};

/** The routers note whose path it is, whatever the method. */
const isKnownPath = (ctx: Context): boolean => Array.isArray(ctx['matched']) && ctx['matched'].length > 0;

/** As the original says it where there is nothing. */
export function answerNotFound(ctx: Context): void {
  ctx.set('X-Content-Type-Options', 'nosniff');
  answerText(ctx, 404, '404 page not found\n');
}
