import type Router from '@koa/router';
import { stateBytes } from '../../service/state-codec.js';
import { answerJson } from '../answer.js';
import type { HeldState } from '../held-state.js';
import { HttpError, listedErrors } from '../http-error.js';

/** `GET /state` (contract section 10.4): the state that is held, encoded once. */
export function heldStateRoute(router: Router, held: HeldState): void {
  router.get('/state', listedErrors, (ctx) => {
    const state = held.state();
    if (!state) throw new HttpError(500, 'No currently stored state');
    answerJson(ctx, 200, stateBytes(state));
  });
}
