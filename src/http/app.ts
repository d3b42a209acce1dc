import Router from '@koa/router';
import Koa from 'koa';
import type { RequestListener } from 'node:http';
import type { CatalogReader, MembersReader } from '../catalog/reader.js';
import type { Logger } from '../lib/logger.js';
import type { WallClock } from '../lib/ports.js';
import type { MetricsRegistry } from '../metrics/registry.js';
import type { ClusterControl, ClusterFacts, DrainControl } from './cluster.js';
import type { Condition } from './condition.js';
import { cleanPaths, noRoute } from './fallback.js';
import { guardOf } from './guard.js';
import { failures } from './http-error.js';
import type { ProxyFacts } from './proxy.js';
import { drainRoutes } from './routes/drain.js';
import { healthRoute } from './routes/health.js';
import { leaveRoute } from './routes/leave.js';
import { memberRoutes } from './routes/members.js';
import { metricsRoute } from './routes/metrics.js';
import { proxyPlanRoutes } from './routes/proxy-plan.js';
import { proxyRoute } from './routes/proxy.js';
import { readyRoute } from './routes/ready.js';
import { rootRoute } from './routes/root.js';
import { serversRoute } from './routes/servers.js';
import { serviceJsonRoutes } from './routes/service-json.js';
import { servicesJsonRoutes } from './routes/services-json.js';
import { servicesPageRoute } from './routes/services-page.js';
import { stateJsonRoutes } from './routes/state-json.js';
import { uiRoutes } from './routes/ui.js';
import { CatalogViews } from './views.js';

export interface HttpAppDeps extends Condition {
  readonly catalog: CatalogReader;
  readonly members: MembersReader;
  readonly cluster: ClusterFacts;
  readonly control: ClusterControl;
  /** Undefined: this agent leaves HAProxy alone. */
  readonly proxy: ProxyFacts | undefined;
  readonly metrics: MetricsRegistry;
  readonly drains: DrainControl;
  /** What requests that change something must bring; undefined: none is set. */
  readonly token: string | undefined;
  readonly wall: WallClock;
  readonly log: Logger;
}

/**
 * Everything the agent answers over HTTP, as one request listener; contract section 7.
 *
 * Answers carry the original's headers, and besides them only `Connection` and `Keep-Alive`, which Node adds so that clients
 * know how long an idle connection stays open.
 */
export function createHttpApp(deps: HttpAppDeps): RequestListener {
  const { catalog, members, proxy, metrics, token, wall, log } = deps;
  const views = new CatalogViews(deps);
  const guard = guardOf(token);

  const contract = new Router({ strict: true, sensitive: true });
  rootRoute(contract);
  servicesJsonRoutes(contract, views);
  serviceJsonRoutes(contract, views);
  stateJsonRoutes(contract, views);
  serversRoute(contract, deps);
  servicesPageRoute(contract, { views, catalog, members, wall, condition: deps });
  drainRoutes(contract, guard, deps.drains);
  withoutHead(contract);

  const own = new Router({ strict: true, sensitive: true });
  uiRoutes(own);
  healthRoute(own, deps);
  readyRoute(own, deps);
  memberRoutes(own, guard, deps);
  leaveRoute(own, guard, deps);
  proxyRoute(own, proxy);
  proxyPlanRoutes(own, deps);
  metricsRoute(own, metrics);

  const app = new Koa();
  app.use(failures(log)).use(cleanPaths).use(contract.routes()).use(own.routes()).use(noRoute);
  app.on('error', (error: unknown) => log.debug('an answer did not reach its client', { error }));
  const listener = app.callback();
  return (request, response) => void listener(request, response);
}

/** The original answers HEAD with 405 on these routes; the router adds HEAD to every GET. */
function withoutHead(router: Router): void {
  for (const layer of router.stack) layer.methods = layer.methods.filter((method) => method !== 'HEAD');
}
