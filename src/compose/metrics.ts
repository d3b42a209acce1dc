import type { CatalogReader } from '../catalog/reader.js';
import type { ClusterFacts } from '../http/cluster.js';
import type { ProxyStatus } from '../http/proxy.js';
import { declareClusterFigures } from '../metrics/cluster-figures.js';
import type { HaproxyNumbers } from '../metrics/haproxy-figures.js';
import type { MetricsRegistry } from '../metrics/registry.js';
import { statusName } from '../service/service.js';

/** Declares the figures of catalog and cluster: both are counted when somebody looks. */
export function measureCluster(
  registry: MetricsRegistry,
  { catalog, cluster }: { readonly catalog: CatalogReader; readonly cluster: ClusterFacts },
): void {
  declareClusterFigures(registry, () => {
    const records = [...catalog.snapshot().servers.values()].flatMap(({ services }) => [...services.values()]);
    return {
      recordsByStatus: countsOf(STATUSES, records, ({ status }) => statusName(status).toLowerCase()),
      membersByState: countsOf(STATES, cluster.members(), ({ state }) => state),
    };
  });
}

const STATUSES = ['alive', 'tombstone', 'unhealthy', 'unknown', 'draining'];
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
