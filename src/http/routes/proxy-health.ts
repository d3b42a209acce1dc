import type Router from '@koa/router';
import { serviceText } from '../../service/codec.js';
import { formatTimestamp, ZERO_TIME } from '../../service/timestamp.js';
import { answerJson } from '../answer.js';
import type { Following, HeldState, ProxyHealth } from '../held-state.js';
import { answerErrors } from '../http-error.js';

/**
 * `GET /health` of haproxy-api (contract section 10.4): whether HAProxy serves what it should. That nobody can be followed is no fault
 * of HAProxy's, so it only shows in `follow`, which the original does not have.
 *
 * @param deps.following undefined: nobody is followed
 */
export function proxyHealthRoute(
  router: Router,
  deps: {
    readonly held: HeldState;
    readonly health: ProxyHealth;
    readonly following: (() => Following) | undefined;
  },
): void {
  router.get('/health', (ctx) => {
    const errors = [
      ...(deps.health.isServing() ? [] : ['No HAproxy running!']),
      ...(deps.health.lastWriteFailed() ? ['Last attempted HAproxy config write failed!'] : []),
    ];
    if (errors.length > 0) answerErrors(ctx, 500, errors);
    else answerJson(ctx, 200, bodyOf(deps.held, deps.following?.()));
  });
}

function bodyOf(held: HeldState, following: Following | undefined): string {
  const service = held.lastService();
  const lastChanged = formatTimestamp(held.state()?.lastChanged ?? ZERO_TIME);
  const follow = following ? `,"follow":${followText(following)}` : '';
  return (
    `{"message":"Healthy!","last_changed":"${lastChanged}"` +
    `,"last_service_changed":${service ? serviceText(service) : 'null'}${follow}}`
  );
}

const followText = ({ upstream, connected, stateAgeMs, failures, lastFault }: Following): string =>
  JSON.stringify({
    upstream: upstream ?? null,
    connected,
    state_age_ms: stateAgeMs === undefined ? null : Math.round(stateAgeMs),
    failures,
    last_fault: lastFault ?? null,
  });
