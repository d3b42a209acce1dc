import Router from '@koa/router';
import Koa, { type Middleware } from 'koa';
import type { RequestListener } from 'node:http';
import type { CatalogReader, MembersReader } from '../catalog/reader.js';
import type { Logger } from '../lib/logger.js';
import type { WallClock } from '../lib/ports.js';
import type { MetricsRegistry } from '../metrics/registry.js';
import type { ClusterRelay } from './cluster-relay.js';
import type { ClusterControl, ClusterFacts, DrainControl } from './cluster.js';
import type { Condition } from './condition.js';
import type { ConfigReader } from './config-reader.js';
import type { ConsoleFiles } from './console-files.js';
import type { Explainer } from './explain.js';
import type { EventFeed } from './event-feed.js';
import { cleanPaths, noRoute } from './fallback.js';
import { boundedBodies, guardOf } from './guard.js';
import { failures } from './http-error.js';
import type { HistoryReader } from './journal.js';
import type { ProxyFacts } from './proxy.js';
import type { ProxyLook } from './proxy-look.js';
import { checksRoute, type CheckReader } from './routes/checks.js';
import { clusterRoutes } from './routes/clusters.js';
import { convergenceRoute, type ConvergenceFacts } from './routes/convergence.js';
import { drainRoutes } from './routes/drain.js';
import { explainRoutes } from './routes/explain.js';
import { eventsRoute } from './routes/events.js';
import { haproxyCfgRoute } from './routes/haproxy-cfg.js';
import { healthRoute } from './routes/health.js';
import { historyRoutes } from './routes/history.js';
import { leaveRoute } from './routes/leave.js';
import { listenersRoute, type ListenerFacts } from './routes/listeners.js';
import { memberRoutes } from './routes/members.js';
import { metricsRoute } from './routes/metrics.js';
import { openapiRoute } from './routes/openapi.js';
import { proxyLookRoutes } from './routes/proxy-look.js';
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
import { viewsRoute, type MemberViews } from './routes/views.js';
import { watchRoutes } from './routes/watch.js';
import { countUnsent, type UnsentBodies } from './unsent-bodies.js';
import type { CatalogViews } from './views.js';
import type { Watchers } from './watchers.js';

export interface HttpAppDeps extends Condition {
  readonly catalog: CatalogReader;
  readonly members: MembersReader;
  readonly views: CatalogViews;
  readonly watchers: Watchers;
  readonly unsent: UnsentBodies;
  readonly cluster: ClusterFacts;
  readonly memberViews: MemberViews;
  readonly checks: CheckReader;
  /** Other clusters. */
  readonly relay: ClusterRelay;
  readonly convergence: ConvergenceFacts;
  readonly journal: { readonly history: HistoryReader; readonly feed: EventFeed };
  readonly control: ClusterControl;
  /** Undefined: this agent leaves HAProxy alone. */
  readonly proxy: ProxyFacts | undefined;
  /** Undefined likewise. */
  readonly proxyLook: ProxyLook | undefined;
  readonly explainer: Explainer;
  /** For HAProxys elsewhere. */
  readonly configs: ConfigReader;
  /** Undefined: this build has none. */
  readonly console: ConsoleFiles | undefined;
  readonly listeners: ListenerFacts;
  readonly metrics: MetricsRegistry;
  readonly drains: DrainControl;
  /** What requests that change something must bring; undefined: none is set. */
  readonly token: string | undefined;
  /** Of a request, in bytes. */
  readonly maxBody: number;
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
  return listenerOf([countUnsent(deps.unsent), boundedBodies(deps.maxBody)], routersOf(deps), noRoute, deps.log);
}

/** Every route: those of the contract, which know no HEAD, and the agent's own. */
export function routersOf(deps: HttpAppDeps): readonly Router[] {
  const { catalog, members, views, watchers, proxy, metrics, wall } = deps;
  const guard = guardOf(deps, 'this-host');

  const contract = new Router({ strict: true, sensitive: true });
  rootRoute(contract);
  servicesJsonRoutes(contract, views);
  serviceJsonRoutes(contract, views);
  stateJsonRoutes(contract, views);
  watchRoutes(contract, watchers);
  serversRoute(contract, deps);
  servicesPageRoute(contract, { views, catalog, members, wall, condition: deps });
  drainRoutes(contract, { drain: guardOf(deps, 'anywhere'), end: guard }, deps.drains);
  withoutHead(contract);

  const own = new Router({ strict: true, sensitive: true });
  uiRoutes(own, deps.console);
  healthRoute(own, deps);
  readyRoute(own, deps);
  memberRoutes(own, guard, deps);
  viewsRoute(own, deps.memberViews);
  leaveRoute(own, guard, deps);
  checksRoute(own, deps);
  clusterRoutes(own, deps.relay);
  convergenceRoute(own, deps);
  eventsRoute(own, deps.journal.feed);
  historyRoutes(own, deps.journal.history, deps.token);
  listenersRoute(own, deps.listeners);
  proxyRoute(own, proxy);
  proxyLookRoutes(own, deps.proxyLook);
  proxyPlanRoutes(own, deps);
  explainRoutes(own, deps);
  haproxyCfgRoute(own, deps.configs);
  metricsRoute(own, metrics);
  openapiRoute(own);

  return [contract, own];
}

/**
 * @param before sees every request for a clean path
 * @param last answers what no router does
 */
export function listenerOf(
  before: readonly Middleware[],
  routers: readonly Router[],
  last: Middleware,
  log: Logger,
): RequestListener {
  const app = new Koa();
  app.use(failures(log)).use(cleanPaths);
  for (const middleware of before) app.use(middleware);
  for (const router of routers) app.use(router.routes());
  app.use(last);
  app.on('error', (error: unknown) => log.debug('an answer did not reach its client', { error }));
  const listener = app.callback();
  return (request, response) => void listener(request, response);
}

/** The original answers HEAD with 405 on its routes; the router adds HEAD to every GET. */
export function withoutHead(router: Router): void {
  for (const layer of router.stack) layer.methods = layer.methods.filter((method) => method !== 'HEAD');
}
