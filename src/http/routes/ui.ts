import type Router from '@koa/router';
import { answer, answerEmpty } from '../answer.js';
import { OPENAPI } from '../openapi/document.js';
import { PAGE_POLICY } from '../page-style.js';
import { routesPage } from '../routes-page.js';

const PAGE = Buffer.from(routesPage(OPENAPI));

/** `/ui/`: the page that lists the routes. As in the original every method acts as GET, and `/ui` does not lead to `/ui/`. */
export function uiRoutes(router: Router): void {
  router.all(['/ui', '/ui/'], (ctx) => {
    ctx.set('Content-Security-Policy', PAGE_POLICY);
    ctx.set('Referrer-Policy', 'no-referrer');
    ctx.set('X-Content-Type-Options', 'nosniff');
    answer(ctx, 200, 'text/html; charset=utf-8', PAGE);
  });
  router.all('/ui/index.html', (ctx) => {
    ctx.set('Location', './');
    answerEmpty(ctx, 301);
  });
}
