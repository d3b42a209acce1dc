import type { LoadedConfig } from '../config/load.js';
import { longestPayload } from '../gossip/core/courier.js';
import { HealthChecks } from '../health/health-checks.js';
import { createHttpApp } from '../http/app.js';
import { countedRequests } from '../http/counted-requests.js';
import { readinessOf } from '../http/readiness.js';
import { UnsentBodies } from '../http/unsent-bodies.js';
import { CatalogViews } from '../http/views.js';
import { Watchers } from '../http/watchers.js';
import type { Component } from '../lib/lifecycle.js';
import type { Logger } from '../lib/logger.js';
import type { Millis } from '../lib/ports.js';
import { ProblemBoard } from '../lib/problems.js';
import { declareConditionFigures } from '../metrics/condition-figures.js';
import { declareGossipFigures } from '../metrics/gossip-figures.js';
import { declareProblemFigures } from '../metrics/problem-figures.js';
import { MetricsRegistry } from '../metrics/registry.js';
import { declareUnsentFigures } from '../metrics/unsent-figures.js';
import { declareWatchFigures } from '../metrics/watch-figures.js';
import { systemClock, systemRandom, systemWallClock } from '../platform/clock.js';
import { runCommandAlone } from '../platform/command.js';
import { systemFiles } from '../platform/files.js';
import { probeHttp } from '../platform/http-probe.js';
import { systemProcesses } from '../platform/processes.js';
import { probeTcp } from '../platform/tcp-probe.js';
import { Announcer } from '../replication/announcer.js';
import { Farewell } from '../replication/farewell.js';
import { LocalServices } from '../replication/local-services.js';
import { Keeper } from '../store/keeper.js';
import { clusterFacts } from './cluster-facts.js';
import { builtConsole } from './console.js';
import { composeConvergence } from './convergence.js';
import { composeDiscovery } from './discovery.js';
import { composeDoor } from './door.js';
import { composeExplain } from './explain.js';
import { composeGossip, planGossip } from './gossip.js';
import type { Guest, View } from './guest.js';
import { composeHaproxy } from './haproxy.js';
import { haproxyOptionsOf } from './haproxy-options.js';
import { composeJournal } from './journal.js';
import { keptCatalog, keptDepartures, keptDrains, keptInCluster, keptPeers, keptProxy } from './kept-state.js';
import { composeListeners } from './listeners.js';
import { conditionNumbersOf, gossipNumbersOf, measureCluster } from './metrics.js';
import { composePeerAgents } from './peer-agents.js';
import { composeProxyLook } from './proxy-look.js';
import { composeRelay } from './relay.js';
import { composeRenditions } from './renditions.js';
import { composeSight } from './sight.js';
import { composeStatsd } from './statsd.js';
import { TimedCatalog, TimedReplicator } from './timed.js';

/** A change of the catalog is on disk a few seconds later. */
const KEEP_EVERY_MS: Millis = 5_000;

/**
 * Every part of the agent, in the order of their start, each with only what it needs. Nothing runs yet.
 *
 * @param publishedAddress the address that stands in records for this host
 * @param end ends the agent, as a signal would
 * @param guest adds parts of its own
 */
export function composeAgent(
  config: LoadedConfig,
  publishedAddress: string,
  end: () => void,
  log: Logger,
  guest?: Guest,
): readonly Component[] {
  const { settings } = config;
  const { sidecar, http } = settings;
  const { clusterName, hostname } = sidecar;
  const [clock, wall, random] = [systemClock, systemWallClock(), systemRandom];
  const problems = new ProblemBoard(wall);
  const metrics = new MetricsRegistry();
  metrics.declareProcess();
  const sources = sidecar.discovery;

  const statsd = composeStatsd(config, { gossip: () => gossip.driver, metrics, clock, problems, log });
  const own = new TimedCatalog(statsd.timed, { clusterName, hostname }, clock);
  const local = new LocalServices({ hostname, sources }, { catalog: own, clock, wall });
  const gossipPlan = planGossip(config, publishedAddress);
  const ownView: View = { catalog: own, members: { alive: () => gossip.driver.node.aliveNames() } };
  const { catalog, members } = guest?.view(ownView) ?? ownView;
  const unsent = new UnsentBodies();
  const journal = composeJournal(config, {
    ...{ catalog, unsent, metrics, clock, wall, problems, log },
    receiptOf: (record) => replicator.receiptOf(record),
    template: () => haproxy.manager?.templateText(),
  });
  const replicator = new TimedReplicator(
    statsd,
    { hostname, maxFutureMs: sidecar.maxFuture, maxPayloadBytes: longestPayload(gossipPlan.options) },
    {
      ...{ catalog: own, members: ownView.members, local, clock, wall, random, problems },
      nudge: () => gossip.driver.nudge(),
      exchangeWith: (host) => gossip.driver.exchangeWith(host),
      onRefused: (refused) => journal.refused(refused),
      onDeath: (host) => {
        haproxy.hostDied(host);
        renditions.reconsider();
      },
      log: log.child('replication'),
    },
  );
  const gossip = composeGossip(config, gossipPlan, {
    ...{ delegate: journal.overheard(replicator), clock, random, problems },
    onProbed: (tookMs) => {
      gossipFigures.probed(tookMs);
      statsd.took('memberlist.probeNode', tookMs);
    },
    onGossiped: (tookMs) => statsd.took('memberlist.gossip', tookMs),
    onExchanged: (tookMs) => statsd.took('memberlist.pushPullNode', tookMs),
    log: log.child('gossip'),
  });
  const gossipFigures = declareGossipFigures(metrics, () => gossipNumbersOf(gossip.driver, replicator));
  const announcer = new Announcer(
    local,
    { startupGraceMs: settings.haproxy.startupGrace },
    { catalog: own, replicator, joined: gossip.driver.joined, clock, wall, log: log.child('announcer') },
  );
  const { settled, informed } = announcer;
  const convergence = composeConvergence(config, {
    ...{ catalog, driver: gossip.driver, informed, metrics, clock, random, wall },
    skewMs: (host) => replicator.skewMs(host),
  });
  const haproxy = composeHaproxy(haproxyOptionsOf(config), {
    ...{ catalog, members, settled, informed, metrics, clock, wall, problems, log },
    onServed: convergence.onServed,
    onNews: (news) => journal.proxyNews(news),
    keepNow: () => keeper.hasten(),
  });
  const renditions = composeRenditions(config, haproxy, { catalog, settled, informed, metrics, clock, log });
  const farewell = new Farewell(
    { leaveOnTerminate: sidecar.leaveOnTerminate },
    {
      withdraw: () => replicator.withdraw(),
      isSpreading: () => replicator.isSpreading && ownView.members.alive().length > 1,
      leave: () => gossip.driver.leave(),
      end,
      clock,
      log: log.child('gossip'),
    },
  );
  const now = (): Millis => clock.now();
  const keeper = new Keeper(
    { directory: sidecar.stateDir, everyMs: KEEP_EVERY_MS },
    [
      keptCatalog({ catalog: own, replicator, now }),
      keptPeers(gossip.driver.node, now),
      keptDrains(local.drains),
      keptDepartures(haproxy.departures),
      keptProxy(haproxy.memory),
    ].map((kept) => keptInCluster(clusterName, kept)),
    { files: systemFiles, clock, random, problems, log: log.child('store') },
  );
  const health = new HealthChecks(
    {
      publishedAddress,
      defaultCheckEndpoint: sidecar.defaultCheckEndpoint,
      checkIntervalMs: sidecar.checkInterval,
      maxChecks: sidecar.maxChecks,
      defaultTimeoutMs: 3_000,
    },
    {
      probes: { http: probeHttp, tcp: probeTcp, command: runCommandAlone },
      onResult: (id, state, before) => {
        journal.checked(
          local.services().find((service) => service.id === id),
          state,
          before,
        );
        announcer.checked(id, state);
      },
      clock,
      random,
      problems,
      log: log.child('health'),
    },
  );
  const listeners = composeListeners(config, { catalog, metrics, clock, wall, random, problems, log });
  const keptAtOnce = <T>(done: T): T => {
    keeper.hasten();
    return done;
  };
  const drains = {
    drain: (id: string, forMs?: Millis) => keptAtOnce(local.drain(id, forMs)),
    drainStopping: (id: string, forMs: Millis) => void keptAtOnce(local.drain(id, forMs, 'stop')),
    endDrain: (id: string) => keptAtOnce(local.endDrain(id)),
    drainingSinceNs: (id: string) => local.drainOf(id)?.sinceNs,
  };
  const discovery = composeDiscovery(config, publishedAddress, {
    onListed: (source, services) => {
      announcer.listed(source, services);
      health.setTargets(local.services());
      listeners.listed(local.services());
    },
    drains,
    ...{ metrics, clock, wall, problems, log },
  });
  const readiness = readinessOf([
    {
      waitingFor: `discovery has not listed this host's services yet (${sources.join(', ')})`,
      isMet: () => local.unlistedSources().length === 0,
    },
    {
      waitingFor: 'no seed has answered yet',
      isMet: () => gossip.driver.seedsAnswered || sidecar.seeds.length === 0 || announcer.graceIsOver,
    },
    { waitingFor: 'HAProxy does not serve the catalog yet', isMet: () => haproxy.manager?.caughtUp() ?? true },
  ]);
  const cluster = clusterFacts({
    self: hostname,
    node: () => gossip.driver.node,
    skewMs: (host) => replicator.skewMs(host),
    now,
  });
  const askHost = composePeerAgents(config, { node: () => gossip.driver.node, metrics });
  const explainer = composeExplain(config, {
    ...{ catalog, restored: own, local, replicator, cluster, askHost },
    ...{ discovery, health, haproxy, clock, wall, problems },
  });
  measureCluster(metrics, { catalog, cluster });
  declareProblemFigures(metrics, problems);
  declareConditionFigures(metrics, () => conditionNumbersOf(readiness, health.counters));
  const { fileLimit } = systemProcesses;
  const views = new CatalogViews({ catalog, members });
  declareUnsentFigures(metrics, () => unsent.numbers());
  const watchers = new Watchers({ fileLimit }, { catalog, views, unsent, clock });
  declareWatchFigures(metrics, () => watchers.numbers());
  const relay = composeRelay(config, { metrics, clock });
  const listener = createHttpApp({
    catalog,
    members,
    views,
    watchers,
    unsent,
    cluster,
    relay,
    memberViews: composeSight(config, { cluster, askHost, clock, wall }),
    checks: health,
    convergence: convergence.facts,
    journal,
    explainer,
    proxy: haproxy.facts,
    proxyLook: composeProxyLook(settings.haproxy, { manager: haproxy.manager, clock, wall }),
    configs: renditions,
    console: builtConsole(log.child('http')),
    listeners,
    metrics,
    control: {
      leave: () => farewell.leaveAndEnd(),
      forget: (name) => gossip.driver.forget(name),
    },
    drains,
    token: config.httpToken,
    maxBody: http.maxBody,
    problems,
    readiness,
    vitals: () => announcer.vitals(),
    wall,
    log: log.child('http'),
  });
  const counted = countedRequests(listener, metrics);
  const door = composeDoor(config, { listener: counted, metrics, clock, wall, problems, log });
  // HTTP first: a second agent on this host ends at the busy port, before it has touched HAProxy. Who watches comes next, to see how
  // all others end, and to be let go before the server waits for its requests; then what was kept, so that all others start with
  // it, listeners before them, who are told of what was kept, too. Who says goodbye is last, so that it is the first to end.
  return [
    ...door,
    ...statsd.parts,
    ...[journal.keeper, watchers, journal.feed, relay, listeners, keeper, announcer, health],
    ...gossip.parts,
    convergence.part,
    ...discovery.parts,
    ...(haproxy.manager ? [haproxy.manager] : []),
    renditions,
    farewell,
    ...(guest?.parts({ catalog, settled, haproxy, health, problems, unlisted: () => local.unlistedSources() }) ?? []),
  ];
}
