import type Router from '@koa/router';
import { answerFresh } from '../answer.js';
import type { Condition } from '../condition.js';

/** `GET /ready`: 200 once this host's traffic may rely on the agent, until then 503 with what it waits for. */
export function readyRoute(router: Router, condition: Condition): void {
  router.get('/ready', (ctx) => {
    const waitingFor = condition.readiness();
    const ready = waitingFor.length === 0;
    answerFresh(ctx, ready ? 200 : 503, { ready, waitingFor });
  });
}
