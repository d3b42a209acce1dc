import type Router from '@koa/router';
import { allowAnyOrigin, answerText } from '../answer.js';
import { HttpError, WRONG_EXTENSION } from '../http-error.js';
import { answerShared } from '../shared-json.js';
import type { CatalogViews } from '../views.js';

/** `/services/{name}.json`, contract section 7.4, at both of its paths. They differ in how they refuse another extension. */
export function serviceJsonRoutes(router: Router, views: CatalogViews): void {
  router.get(['/services/:name.json', '/api/services/:name.json'], (ctx) => {
    const { name = '' } = ctx.params;
    allowAnyOrigin(ctx);
    const body = views.service(name);
    if (body === undefined) throw new HttpError(404, `no instances of ${name} found`);
    return answerShared(ctx, body);
  });
  router.get('/services/:name.:extension', (ctx) => answerText(ctx, 404, WRONG_EXTENSION));
  router.get('/api/services/:name.:extension', (ctx) => {
    allowAnyOrigin(ctx);
    throw new HttpError(404, WRONG_EXTENSION);
  });
}
