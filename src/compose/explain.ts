import type { CatalogReader, RestoredReader } from '../catalog/reader.js';
import type { LoadedConfig } from '../config/load.js';
import { Explainer } from '../explain/explainer.js';
import type { CheckFacts, ExplainFacts, FoundFacts, SourceFacts, TraceFacts } from '../explain/facts.js';
import { LastChanges } from '../explain/last-changes.js';
import { OriginAgents } from '../explain/origin-agents.js';
import { ServerLook } from '../haproxy/runtime-api/server-look.js';
import { ROOM } from '../haproxy/problems.js';
import type { HealthChecks } from '../health/health-checks.js';
import type { ClusterFacts } from '../http/cluster.js';
import type { AskHost } from '../lib/ask-host.js';
import type { Clock, WallClock } from '../lib/ports.js';
import type { ProblemBoard } from '../lib/problems.js';
import { askUnixSocket } from '../platform/unix-socket.js';
import type { LocalServices } from '../replication/local-services.js';
import type { Replicator } from '../replication/replicator.js';
import type { DiscoveredService } from '../service/discovered.js';
import type { ComposedDiscovery } from './discovery.js';
import { foundInDocker, foundInFile, refusedInFile, type KnownOfFound } from './explain-found.js';
import type { ComposedHaproxy } from './haproxy.js';

/** What is asked for explanations. */
interface ExplainDeps {
  readonly catalog: CatalogReader;
  readonly restored: RestoredReader;
  readonly local: LocalServices;
  readonly replicator: Replicator;
  readonly askHost: AskHost;
  readonly cluster: ClusterFacts;
  readonly discovery: Pick<ComposedDiscovery, 'docker' | 'file'>;
  readonly health: HealthChecks;
  readonly haproxy: Pick<ComposedHaproxy, 'departures' | 'manager' | 'facts'>;
  readonly clock: Clock;
  readonly wall: WallClock;
  readonly problems: ProblemBoard;
}

/** Who explains; it begins to remember at once. */
export function composeExplain(config: LoadedConfig, deps: ExplainDeps): Explainer {
  return new Explainer(factsFrom(config, deps), new OriginAgents(deps.askHost));
}

function factsFrom({ settings }: LoadedConfig, deps: ExplainDeps): ExplainFacts {
  const { catalog, cluster, haproxy, local, problems, replicator } = deps;
  const { clusterName, hostname, discovery: sources } = settings.sidecar;
  const changes = new LastChanges(deps);
  const { useRuntimeApi, runtimeSocket } = settings.haproxy;
  const look =
    haproxy.manager && useRuntimeApi && runtimeSocket !== ''
      ? new ServerLook({ socket: runtimeSocket }, { askSocket: askUnixSocket, clock: deps.clock })
      : undefined;
  return {
    self: hostname,
    clusterName,
    sources: () => sources.map((source) => sourceFacts(source, deps)),
    found: (service) => foundIn(service, hostname, deps),
    records: (service) =>
      recordsIn(catalog, service).map((record) => ({
        record,
        lastChange: changes.of(record.hostname, record.id),
        isOutOfSight: haproxy.departures.outOfSightForMs(record.hostname, record.id) !== undefined,
        isRestored: deps.restored.isRestored(record.hostname, record.id),
        receipt: replicator.receiptOf(record),
      })),
    refused: (service) =>
      replicator
        .refusedOf(service)
        .filter(({ code }) => code !== 'OLD_TOMBSTONE') // nobody misses it
        .map(({ hostname: host, ...refused }) => ({ host, ...refused })),
    names: () => namesIn(catalog, local),
    hosts: () => cluster.members(),
    strangers: () => replicator.strangers(),
    proxy: () => {
      const { facts, manager } = haproxy;
      const status = facts?.facts();
      const fault = problems.list().find(({ room, subject }) => room === ROOM && subject === '');
      return (
        status && {
          // With a reload_command of the operator's own its processes may be out of our sight.
          isRunning: manager?.isServing() ?? false,
          isBehind: status.catalogVersion.applied !== status.catalogVersion.current,
          fault: fault && { code: fault.code, message: fault.message },
        }
      );
    },
    trace: (service, host, id) => haproxy.manager?.trace({ service, hostname: host, id }) ?? NO_TRACE,
    serverStates: async () => {
      if (!look) return { kind: 'unasked' };
      const seen = await look.servers(haproxy.manager?.runs);
      return seen.ok ? { kind: 'seen', servers: seen.value } : { kind: 'silent', why: seen.fault };
    },
  };
}

const NO_TRACE: TraceFacts = { leftOut: [], drafted: [], servers: [], hasStatsSocket: false };

function* namesIn(catalog: CatalogReader, local: LocalServices): Iterable<string> {
  for (const { services } of catalog.snapshot().servers.values()) for (const { name } of services.values()) yield name;
  for (const { name } of local.services()) yield name;
}

const recordsIn = (catalog: CatalogReader, service: string) =>
  [...catalog.snapshot().servers.values()].flatMap(({ services }) =>
    [...services.values()].filter(({ name }) => name === service),
  );

function sourceFacts(source: SourceFacts['source'], { discovery, local, problems }: ExplainDeps): SourceFacts {
  const hasListed = !local.unlistedSources().includes(source);
  const lost = problems.list().find(({ room, code }) => room === 'docker-discovery' && code === 'DOCKER_LOST');
  const problem = source === 'docker' ? lost?.message : discovery.file?.trace('').unusable;
  return { source, hasListed, problem };
}

function foundIn(service: string, hostname: string, { discovery, health, local }: ExplainDeps): readonly FoundFacts[] {
  const knownOf = (id: string): KnownOfFound => ({ check: checkOf(health, id), drain: local.drainOf(id) });
  const containers = (discovery.docker?.traces(service) ?? []).map((trace) =>
    foundInDocker(trace, hostname, knownOf(trace.id)),
  );
  const seen = new Set(containers.map(({ id }) => id));
  const isIn = ({ id, name }: DiscoveredService): boolean => name === service && !seen.has(id);
  const file = discovery.file?.trace(service);
  return [
    ...containers,
    ...local
      .services()
      .filter(isIn)
      .map((one) => foundInFile(file?.path ?? '', one, knownOf(one.id))),
    ...(file ? refusedInFile(service, hostname, file) : []),
  ];
}

function checkOf(health: HealthChecks, id: string): CheckFacts | undefined {
  const report = health.report(id);
  if (!report) return undefined;
  const { state, last } = report;
  const decided = { status: state?.status, reason: state?.reason, output: state?.output ?? '' };
  return { ...report, ...decided, endedAgoMs: state && last?.endedAgoMs };
}
