import { Catalog } from '../catalog/catalog.js';
import { ownPorts } from '../config/own-ports.js';
import type { LoadedConfig } from '../config/load.js';
import { StaticDiscovery } from '../discovery/static/static-discovery.js';
import { HaproxyManager } from '../haproxy/manager.js';
import { HealthChecks } from '../health/health-checks.js';
import { createHttpApp } from '../http/app.js';
import { readinessOf } from '../http/readiness.js';
import type { Component } from '../lib/lifecycle.js';
import type { Logger } from '../lib/logger.js';
import { ProblemBoard } from '../lib/problems.js';
import { systemClock, systemRandom, systemWallClock } from '../platform/clock.js';
import { runCommand, runCommandAlone } from '../platform/command.js';
import { systemFiles } from '../platform/files.js';
import { probeHttp } from '../platform/http-probe.js';
import { HttpServer } from '../platform/http-server.js';
import { systemListening } from '../platform/listening.js';
import { systemProcesses } from '../platform/processes.js';
import { probeTcp } from '../platform/tcp-probe.js';
import { askUnixSocket } from '../platform/unix-socket.js';
import { watchFile } from '../platform/watch-file.js';
import { Announcer } from '../replication/announcer.js';
import { LocalServices } from '../replication/local-services.js';
import { haproxyOptionsOf } from './haproxy-options.js';

/**
 * Every part of the agent, in the order of their start, each with only what it needs. Nothing runs yet.
 *
 * @param publishedAddress the address that stands in records for this host
 */
export function composeAgent(config: LoadedConfig, publishedAddress: string, log: Logger): readonly Component[] {
  const { settings } = config;
  const { sidecar, http, staticDiscovery } = settings;
  const { clusterName, hostname } = sidecar;
  const [clock, wall, random] = [systemClock, systemWallClock(), systemRandom];
  const problems = new ProblemBoard(wall);
  const sources = sidecar.discovery;

  const catalog = new Catalog({ clusterName, hostname });
  const local = new LocalServices({ hostname, sources }, { catalog, clock, wall });
  const announcer = new Announcer(
    local,
    { startupGraceMs: settings.haproxy.startupGrace },
    { catalog, clock, wall, log: log.child('announcer') },
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
      onResult: (id, state) => announcer.checked(id, state),
      clock,
      random,
      problems,
      log: log.child('health'),
    },
  );
  const discovery = new StaticDiscovery(
    { path: staticDiscovery.configFile, hostname, publishedAddress, ownPorts: ownPorts(settings) },
    {
      watchFile,
      onListed: (source, services) => {
        announcer.listed(source, services);
        health.setTargets(local.services());
      },
      wall,
      problems,
      log: log.child('static-discovery'),
    },
  );
  const haproxyOptions = haproxyOptionsOf(config);
  const haproxy =
    haproxyOptions &&
    new HaproxyManager(haproxyOptions, {
      catalog,
      settled: announcer.settled,
      informed: announcer.informed,
      run: runCommand,
      files: systemFiles,
      processes: systemProcesses,
      listening: systemListening,
      askSocket: askUnixSocket,
      clock,
      wall,
      problems,
      log: log.child('haproxy'),
    });
  const readiness = readinessOf([
    {
      waitingFor: `discovery has not listed this host's services yet (${sources.join(', ')})`,
      isMet: () => local.unlistedSources().length === 0,
    },
    { waitingFor: 'no seed has answered yet', isMet: () => sidecar.seeds.length === 0 || announcer.graceIsOver },
    { waitingFor: 'HAProxy does not serve the catalog yet', isMet: () => haproxy?.caughtUp() ?? true },
  ]);
  const listener = createHttpApp({
    catalog,
    members: { alive: () => [hostname] },
    problems,
    readiness,
    vitals: () => announcer.vitals(),
    wall,
    log: log.child('http'),
  });
  const server = new HttpServer(
    { ...http, fileLimit: systemProcesses.fileLimit },
    { listener, clock, log: log.child('http') },
  );
  // HTTP first: a second agent on this host ends at the busy port, before it has touched HAProxy.
  return [server, announcer, health, ...(sources.includes('static') ? [discovery] : []), ...(haproxy ? [haproxy] : [])];
}
