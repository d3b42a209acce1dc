import type Router from '@koa/router';
import { answerEmpty } from '../answer.js';

/** `/ui/` shows what there is for people to look at: the page of services. As in the original, every method acts as GET. */
export function uiRoutes(router: Router): void {
  router.all(['/ui', '/ui/'], (ctx) => {
    answerEmpty(ctx, 302);
    ctx.set('Location', '/services');
  });
}
