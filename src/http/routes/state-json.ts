import type Router from '@koa/router';
import { answerEmpty } from '../answer.js';
import { HttpError, WRONG_EXTENSION } from '../http-error.js';
import { answerShared } from '../shared-json.js';
import type { CatalogViews } from '../views.js';

/**
 * `/state.json`, contract section 7.5, at both of its paths. They differ in what they say to another extension. With `?ext=1` records
 * have their `Ext`; every other query is ignored.
 */
export function stateJsonRoutes(router: Router, views: CatalogViews): void {
  router.get(['/state.json', '/api/state.json'], (ctx) =>
    answerShared(ctx, ctx.query['ext'] === '1' ? views.extendedState() : views.state()),
  );
  router.get('/state.:extension', (ctx) => answerEmpty(ctx, 200));
  router.get('/api/state.:extension', () => {
    throw new HttpError(404, WRONG_EXTENSION);
  });
}
