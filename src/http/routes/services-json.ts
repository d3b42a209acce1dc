import type Router from '@koa/router';
import { allowAnyOrigin, answerText } from '../answer.js';
import { HttpError, WRONG_EXTENSION } from '../http-error.js';
import { answerShared } from '../shared-json.js';
import type { CatalogViews } from '../views.js';

/** `/services.json`, contract section 7.3, at both of its paths. They differ in how they refuse another extension. */
export function servicesJsonRoutes(router: Router, views: CatalogViews): void {
  router.get(['/services.json', '/api/services.json'], (ctx) => answerShared(ctx, views.services()));
  router.get('/services.:extension', (ctx) => {
    allowAnyOrigin(ctx);
    answerText(ctx, 404, WRONG_EXTENSION);
  });
  router.get('/api/services.:extension', (ctx) => {
    allowAnyOrigin(ctx);
    throw new HttpError(404, WRONG_EXTENSION);
  });
}
