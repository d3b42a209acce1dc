import Router from '@koa/router';
import type { RequestListener } from 'node:http';
import type { Logger } from '../lib/logger.js';
import type { MetricsRegistry } from '../metrics/registry.js';
import { listenerOf, withoutHead } from './app.js';
import type { Condition } from './condition.js';
import { noApiRoute } from './fallback.js';
import type { Following, HeldState, ProxyHealth } from './held-state.js';
import type { ProxyFacts } from './proxy.js';
import { healthRoute } from './routes/health.js';
import { heldStateRoute } from './routes/held-state.js';
import { metricsRoute } from './routes/metrics.js';
import { proxyHealthRoute } from './routes/proxy-health.js';
import { proxyPlanRoutes } from './routes/proxy-plan.js';
import { proxyRoute } from './routes/proxy.js';
import { updateRoute } from './routes/update.js';
import { countUnsent, type UnsentBodies } from './unsent-bodies.js';

export interface HaproxyApiDeps {
  readonly held: HeldState;
  readonly health: ProxyHealth;
  /** Undefined: nobody is followed. */
  readonly following: (() => Following) | undefined;
  /** Undefined: no configuration file is named, so there is no HAProxy to tell of. */
  readonly proxy: ProxyFacts | undefined;
  /** What is wrong now around haproxy-api. */
  readonly problems: Condition['problems'];
  readonly metrics: MetricsRegistry;
  readonly unsent: UnsentBodies;
  /** What requests that change something must bring; undefined: none is set. */
  readonly token: string | undefined;
  /** Of an update, in bytes. */
  readonly maxBody: number;
  readonly log: Logger;
}

/** Everything haproxy-api answers over HTTP: contract section 10.4, and what the agent has too: its problems, its HAProxy, its figures. */
export function createHaproxyApiApp(deps: HaproxyApiDeps): RequestListener {
  const contract = new Router({ strict: true, sensitive: true });
  updateRoute(contract, deps);
  heldStateRoute(contract, deps.held);
  proxyHealthRoute(contract, deps);
  withoutHead(contract);

  const own = new Router({ strict: true, sensitive: true });
  healthRoute(own, { problems: deps.problems, vitals: () => [] }, '/api/health');
  proxyRoute(own, deps.proxy);
  proxyPlanRoutes(own, deps);
  metricsRoute(own, deps.metrics);

  return listenerOf([countUnsent(deps.unsent)], [contract, own], noApiRoute, deps.log);
}
