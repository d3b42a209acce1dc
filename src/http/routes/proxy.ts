import type Router from '@koa/router';
import { answerFacts } from '../answer.js';
import { HttpError } from '../http-error.js';
import type { ProxyFacts } from '../proxy.js';

/** `GET /api/proxy`: what HAProxy runs, how it got there, and what is wrong. */
export function proxyRoute(router: Router, proxy: ProxyFacts | undefined): void {
  router.get('/api/proxy', (ctx) => answerFacts(ctx, 200, managed(proxy).facts()));
}

/** @throws HttpError when this agent leaves HAProxy alone */
export function managed<T extends object>(proxy: T | undefined): T {
  if (proxy) return proxy;
  throw new HttpError(404, 'this agent leaves HAProxy alone: haproxy.disable is set, or haproxy.config_file is empty');
}
