import type Router from '@koa/router';
import { formatTimestamp } from '../../service/timestamp.js';
import { answerFresh } from '../answer.js';
import type { Condition } from '../condition.js';

/**
 * `GET /health`: 200 while the agent itself works, whatever problems it knows of, so that nothing restarts an agent because
 * of a bad template; 503 with the reasons when it cannot do its work.
 *
 * @param path where another `/health` is in the way
 */
export function healthRoute(
  router: Router,
  condition: Pick<Condition, 'problems' | 'vitals'>,
  path: '/health' | '/api/health' = '/health',
): void {
  router.get(path, (ctx) => {
    const reasons = condition.vitals();
    const { dropped } = condition.problems;
    const problems = condition.problems.list().map(({ room, code, subject, message, sinceNs }) => {
      return { room, code, subject, message, since: formatTimestamp(sinceNs) };
    });
    if (reasons.length > 0) answerFresh(ctx, 503, { status: 'failing', reasons, problems, dropped });
    else answerFresh(ctx, 200, { status: 'ok', problems, dropped });
  });
}
