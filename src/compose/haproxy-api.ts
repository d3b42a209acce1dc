import type { ApiConfig } from '../config/haproxy-api-load.js';
import { AwaitedMirror } from '../follower/awaited-mirror.js';
import { Follower } from '../follower/follower.js';
import { InitialFetch } from '../follower/initial-fetch.js';
import { keptState } from '../follower/kept-state.js';
import { Receiver } from '../follower/receiver.js';
import type { HaproxyOptions } from '../haproxy/options.js';
import { PidFile } from '../haproxy/pid-file.js';
import { countedRequests } from '../http/counted-requests.js';
import { createHaproxyApiApp } from '../http/haproxy-api-app.js';
import { UnsentBodies } from '../http/unsent-bodies.js';
import type { Component } from '../lib/lifecycle.js';
import type { Logger } from '../lib/logger.js';
import type { Millis } from '../lib/ports.js';
import { ProblemBoard } from '../lib/problems.js';
import { declareFollowFigures } from '../metrics/follow-figures.js';
import { declareDoorFigures } from '../metrics/door-figures.js';
import { declareProblemFigures } from '../metrics/problem-figures.js';
import { declareReceiverFigures } from '../metrics/receiver-figures.js';
import { MetricsRegistry } from '../metrics/registry.js';
import { declareUnsentFigures } from '../metrics/unsent-figures.js';
import { systemClock, systemRandom, systemWallClock } from '../platform/clock.js';
import { systemFiles } from '../platform/files.js';
import { getHttp } from '../platform/http-get.js';
import { HttpServer } from '../platform/http-server.js';
import { systemProcesses } from '../platform/processes.js';
import { Keeper } from '../store/keeper.js';
import { composeHaproxy } from './haproxy.js';
import { apiHaproxyOptionsOf } from './haproxy-options.js';
import { keptDepartures, keptProxy } from './kept-state.js';

/** A state that came is on disk a few seconds later. */
const KEEP_EVERY_MS: Millis = 5_000;

/**
 * Every part of haproxy-api, in the order of their start, each with only what it needs. Nothing runs yet.
 *
 * @param hostname of this host, by the system
 */
export function composeHaproxyApi({ settings, token }: ApiConfig, hostname: string, log: Logger): readonly Component[] {
  const { haproxyApi, sidecar } = settings;
  const [clock, wall, random] = [systemClock, systemWallClock(), systemRandom];
  const problems = new ProblemBoard(wall);
  const metrics = new MetricsRegistry();
  metrics.declareProcess();

  const mirror = new AwaitedMirror({ graceMs: settings.haproxy.startupGrace }, { wall, clock });
  const options = apiHaproxyOptionsOf(settings, hostname);
  const haproxy = composeHaproxy(options, {
    catalog: mirror,
    members: { alive: () => mirror.aliveHosts() },
    settled: mirror.settled,
    informed: mirror.informed,
    ...{ metrics, clock, wall, problems, log },
    keepNow: () => keeper.hasten(),
  });
  mirror.onHostLost((host) => haproxy.hostDied(host));
  const keeper = new Keeper(
    { directory: haproxyApi.stateDir, everyMs: KEEP_EVERY_MS },
    [
      { kind: 'state', version: 1, ...keptState(mirror) },
      keptDepartures(haproxy.departures),
      keptProxy(haproxy.memory),
    ],
    { files: systemFiles, clock, random, problems, log: log.child('store') },
  );
  const receiver = new Receiver(
    { maxBytes: haproxyApi.maxBody },
    { mirror, wall, problems, log: log.child('receiver') },
  );
  declareProblemFigures(metrics, problems);
  declareReceiverFigures(metrics, () => receiver.counts);
  const isFollowing = haproxyApi.follow.length > 0;
  const follower = isFollowing
    ? new Follower(
        { upstreams: haproxyApi.follow.map((url) => ({ url })) },
        { mirror, http: getHttp, clock, random, problems, log: log.child('follower') },
      )
    : undefined;
  if (follower) declareFollowFigures(metrics, () => follower.status());
  const unsent = new UnsentBodies();
  declareUnsentFigures(metrics, () => unsent.numbers());
  const listener = createHaproxyApiApp({
    held: receiver,
    health: {
      isServing: () => haproxy.manager?.isServing() ?? false,
      lastWriteFailed: () => haproxy.manager?.lastWriteFailed() ?? true,
    },
    following: follower && (() => follower.status()),
    proxy: haproxy.facts,
    ...{ problems, metrics, unsent, token, maxBody: haproxyApi.maxBody },
    log: log.child('http'),
  });
  const { bindIp, bindPort: port } = haproxyApi;
  const server = new HttpServer(
    { bindIp, port, fileLimit: systemProcesses.fileLimit },
    { listener: countedRequests(listener, metrics), clock, log: log.child('http') },
  );
  declareDoorFigures(metrics, () => server.numbers());
  const fetchUrl = isFollowing ? undefined : sidecar.stateUrl;
  // HTTP first: a second one on this host ends at the busy port, before it has touched HAProxy. What was kept comes next: it is there
  // before anything is asked for.
  return [
    ...[server, keeper, mirror],
    ...(options && isFollowing ? pidFileOf(options, { problems, log: log.child('pid-file') }) : []),
    ...(haproxy.manager ? [haproxy.manager] : []),
    ...(follower ? [follower] : []),
    ...(fetchUrl === undefined
      ? []
      : [
          new InitialFetch(
            { url: fetchUrl },
            { mirror, receiver, http: getHttp, clock, random, problems, log: log.child('initial-fetch') },
          ),
        ]),
  ];
}

/** Only a command of the operator's own reads the pid file (contract section 10.8). */
function pidFileOf(
  { reloadCommand, pidFile, configFile }: HaproxyOptions,
  deps: { readonly problems: ProblemBoard; readonly log: Logger },
): readonly Component[] {
  if (!reloadCommand.includes('.pid') || pidFile === '') return [];
  const system = { files: systemFiles, processes: systemProcesses, clock: systemClock };
  return [new PidFile({ pidFile, configFile }, { ...deps, ...system })];
}
