import type Router from '@koa/router';
import { OPENAPI } from '../openapi/document.js';
import { answerShared } from '../shared-json.js';

const BODY = Buffer.from(JSON.stringify(OPENAPI));

/** `GET /api/openapi.json`: every route, for programs. */
export function openapiRoute(router: Router): void {
  router.get('/api/openapi.json', (ctx) => answerShared(ctx, BODY));
}
