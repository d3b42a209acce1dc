import type { LoadedConfig } from '../config/load.js';
import { ClusterRelay } from '../http/cluster-relay.js';
import type { Clock } from '../lib/ports.js';
import { declareRelayFigures } from '../metrics/relay-figures.js';
import type { MetricsRegistry } from '../metrics/registry.js';
import { streamHttp } from '../platform/http-stream.js';

/** What asks other clusters for readers of this agent. */
export function composeRelay(
  { settings: { sidecar, console } }: LoadedConfig,
  { metrics, clock }: { readonly metrics: MetricsRegistry; readonly clock: Clock },
): ClusterRelay {
  const options = { own: sidecar.clusterName, clusters: console.clusters };
  const relay = new ClusterRelay(options, { ask: streamHttp, clock });
  declareRelayFigures(metrics, () => relay.totals);
  return relay;
}
