import type { Middleware } from 'koa';
import { allowAnyOrigin, answerEmpty, answerMoved, answerText } from './answer.js';
import { readRequestPath } from './request-path.js';

/** Contract section 7.7: one pattern for OPTIONS matches every single segment, and so decides what is 404 and what 405. */
const ONE_SEGMENT = /^(?:\/api)?\/[^/]+$/;

/** Lets only clean paths through to the routes, which then need not decode anything (contract section 7.1). */
export const cleanPaths: Middleware = async (ctx, next) => {
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
  const known = Array.isArray(ctx['matched']) && ctx['matched'].length > 0; // the routers note whose path it is
  if (oneSegment && ctx.method === 'OPTIONS') {
    allowAnyOrigin(ctx);
    answerEmpty(ctx, 200);
  } else if (oneSegment || known) {
    answerEmpty(ctx, 405);
  } else {
    ctx.set('X-Content-Type-Options', 'nosniff');
    answerText(ctx, 404, '404 page not found\n');
  }
};
