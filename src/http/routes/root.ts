import type Router from '@koa/router';
import { answerMoved } from '../answer.js';

/** `GET /` leads to the page at `/ui/`. */
export function rootRoute(router: Router): void {
  router.get('/', (ctx) => answerMoved(ctx, '/ui/'));
}
