import type { CatalogReader } from '../catalog/reader.js';
import type { CounterName } from '../gossip/core/counters.js';
import type { ConvergenceCounters, ConvergenceStatus } from '../convergence/convergence.js';
import type { GossipNode } from '../gossip/core/gossip-node.js';
import type { DriverCounters } from '../gossip/driver/counters.js';
import type { CheckCounters } from '../health/health-checks.js';
import type { ClusterFacts } from '../http/cluster.js';
import type { ProxyStatus } from '../http/proxy.js';
import { declareClusterFigures } from '../metrics/cluster-figures.js';
import type { ConditionNumbers } from '../metrics/condition-figures.js';
import type { ConvergenceNumbers } from '../metrics/convergence-figures.js';
import type { GossipNumbers } from '../metrics/gossip-figures.js';
import type { HaproxyNumbers } from '../metrics/haproxy-figures.js';
import type { MetricsRegistry } from '../metrics/registry.js';
import type { Replicator } from '../replication/replicator.js';
import { statusName } from '../service/service.js';

/** Declares the figures of catalog and cluster: both are counted when somebody looks. */
export function measureCluster(
  registry: MetricsRegistry,
  { catalog, cluster }: { readonly catalog: CatalogReader; readonly cluster: ClusterFacts },
): void {
  declareClusterFigures(registry, () => {
    const { contentVersion, servers } = catalog.snapshot();
    const records = [...servers.values()].flatMap(({ services }) => [...services.values()]);
    return {
      contentVersion,
      recordsByStatus: countsOf(STATUSES, records, ({ status }) => statusName(status).toLowerCase()),
      membersByState: countsOf(STATES, cluster.members(), ({ state }) => state),
    };
  });
}

/** What gossip tells of itself. */
export interface GossipFacts {
  readonly node: Pick<GossipNode, 'counters' | 'healthScore'>;
  readonly counters: Readonly<DriverCounters>;
}

/** The figures of convergence. */
export function convergenceNumbersOf(
  { delays, hosts, contested }: ConvergenceStatus,
  counters: ConvergenceCounters,
): ConvergenceNumbers {
  const { p50Ms, p99Ms, lastMs, waiting } = delays;
  return {
    delayMs: { p50: p50Ms, p99: p99Ms, last: lastMs },
    waiting,
    hostsByState: countsOf(STANDINGS, hosts, ({ state }) => state),
    behindMs: Math.max(0, ...hosts.map(({ isBehind, behindMs = 0 }) => (isBehind ? behindMs : 0))),
    contestedPorts: contested.length,
    counters,
  };
}

/** Counted with gossip itself; everything else that a node counts is an incident. */
const ORDINARY: ReadonlySet<string> = new Set<CounterName>([
  'gossipRounds',
  'aliveClaims',
  'suspectClaims',
  'deadClaims',
  'probes',
  'probesFailed',
]);

/** The figures of gossip and replication. */
export function gossipNumbersOf(
  { node, counters }: GossipFacts,
  replicator: Pick<Replicator, 'counters' | 'waiting' | 'largestSkew'>,
): GossipNumbers {
  const { received, accepted, relayed, refused, sent, dropped } = replicator.counters;
  const incidents = Object.entries(node.counters)
    .filter(([name]) => !ORDINARY.has(name))
    .map(([name, count]): [string, number] => [name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), count]);
  return {
    packets: {
      in: counters.packetsIn,
      out: counters.packetsOut,
      lost: counters.packetsDropped + counters.packetsFailed,
    },
    packetBytes: { in: counters.packetBytesIn, out: counters.packetBytesOut },
    streamBytes: { in: counters.streamBytesIn, out: counters.streamBytesOut },
    streams: counters.requests + counters.streamsAccepted,
    streamFailures:
      counters.requestsFailed + counters.requestsDropped + counters.streamsFailed + counters.streamsRefused,
    probes: node.counters.probes,
    probesFailed: node.counters.probesFailed,
    incidents: Object.fromEntries(incidents),
    healthScore: node.healthScore,
    largestSkewMs: Math.abs(replicator.largestSkew()?.skewMs ?? 0),
    pendingRecords: replicator.waiting,
    recordsByOutcome: { received, accepted, relayed },
    recordsSent: sent,
    recordsDropped: dropped,
    refusedByCode: Object.fromEntries(refused),
  };
}

/** The figures of the agent's condition. */
export function conditionNumbersOf(
  readiness: () => readonly string[],
  { checks, queued, runs, failures }: CheckCounters,
): ConditionNumbers {
  return {
    isReady: readiness().length === 0,
    checks: { known: checks, waiting: queued, runs, failures },
  };
}

const STATUSES = ['alive', 'tombstone', 'unhealthy', 'unknown', 'draining'];
const STANDINGS = ['level', 'changing', 'behind', 'different', 'silent', 'unknown'];
const STATES = ['alive', 'suspect', 'dead', 'left', 'missing'];

/** What is not there counts 0, so that a rule for an alarm finds a figure before the first time. */
function countsOf<T>(
  kinds: readonly string[],
  items: readonly T[],
  kindOf: (item: T) => string,
): Record<string, number> {
  const counts = Object.fromEntries(kinds.map((kind) => [kind, 0]));
  for (const item of items) counts[kindOf(item)] = (counts[kindOf(item)] ?? 0) + 1;
  return counts;
}

/** The figures in the status of HAProxy. */
export function numbersOf(status: ProxyStatus): HaproxyNumbers {
  const { running, reloads, operations, failures, setAside, stale, retiring, drift, config } = status;
  return {
    running,
    reloadsByCause: reloads.byCause,
    operationsByKind: operations,
    failuresByCode: failures,
    setAside: setAside.length,
    stale: stale.length,
    retiring: retiring.length,
    oldProcesses: status.oldProcesses.length,
    endedOldProcesses: status.endedOldProcesses,
    driftFound: drift.found,
    driftRepaired: drift.repaired,
    appliedVersion: status.catalogVersion.applied,
    configBehind: config.behind !== undefined,
  };
}
