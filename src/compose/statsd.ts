import type { LoadedConfig } from '../config/load.js';
import type { Logger } from '../lib/logger.js';
import type { Clock, Millis } from '../lib/ports.js';
import type { ProblemBoard } from '../lib/problems.js';
import type { MetricsRegistry } from '../metrics/registry.js';
import { Statsd, type StatsdFacts } from '../metrics/statsd.js';
import { declareStatsdFigures } from '../metrics/statsd-figures.js';
import { lookupAddresses } from '../platform/lookup-addresses.js';
import { memoryUse, onGarbageCollection } from '../platform/runtime.js';
import { bindUdp } from '../platform/udp-socket.js';
import type { GossipFacts } from './metrics.js';
import type { Timed } from './timed.js';

/** What is measured for a statsd server. */
export interface StatsdWatch {
  readonly timed: Timed;
  readonly took: (name: string, tookMs: Millis) => void;
  readonly gauge: (name: string, value: number) => void;
  readonly parts: readonly Statsd[];
}

const UNWATCHED: StatsdWatch = {
  timed: (_, act) => act(),
  took: () => undefined,
  gauge: () => undefined,
  parts: [],
};

/** Figures for the statsd server that `stats_addr` names, if it names one. */
export function composeStatsd(
  { settings }: LoadedConfig,
  deps: {
    readonly gossip: () => GossipFacts;
    readonly metrics: MetricsRegistry;
    readonly clock: Clock;
    readonly problems: ProblemBoard;
    readonly log: Logger;
  },
): StatsdWatch {
  const { statsAddr, hostname } = settings.sidecar;
  if (!statsAddr) return UNWATCHED;
  const { gossip, metrics, clock, problems, log } = deps;
  const statsd = new Statsd(
    { host: statsAddr.host === '' ? '127.0.0.1' : statsAddr.host, port: statsAddr.port, hostname },
    {
      read: () => statsdFacts(gossip(), memoryUse()),
      ...{ onGarbageCollection, bindUdp, lookup: lookupAddresses },
      ...{ clock, problems, log: log.child('statsd') },
    },
  );
  declareStatsdFigures(metrics, () => statsd.numbers);
  return {
    timed: (name, act) => {
      const startedAt = clock.now();
      const done = act();
      statsd.took(name, clock.now() - startedAt);
      return done;
    },
    took: (name, tookMs) => statsd.took(name, tookMs),
    gauge: (name, value) => statsd.gauge(name, value),
    parts: [statsd],
  };
}

/** Those of the original's gauges and counters that mean something here (contract section 11). */
export function statsdFacts(
  { node, counters }: GossipFacts,
  memory: { readonly heapUsedBytes: number; readonly residentBytes: number },
): StatsdFacts {
  return {
    gauges: {
      'memberlist.health.score': node.healthScore,
      'runtime.alloc_bytes': memory.heapUsedBytes,
      'runtime.sys_bytes': memory.residentBytes,
    },
    totals: {
      'memberlist.udp.sent': counters.packetBytesOut,
      'memberlist.udp.received': counters.packetBytesIn,
      'memberlist.tcp.accept': counters.streamsAccepted,
      'memberlist.tcp.connect': counters.requests,
      'memberlist.tcp.sent': counters.streamBytesOut,
      'memberlist.msg.alive': node.counters.aliveClaims,
      'memberlist.msg.suspect': node.counters.suspectClaims,
      'memberlist.msg.dead': node.counters.deadClaims,
      'memberlist.degraded.probe': node.counters.probesDegraded,
      'memberlist.degraded.timeout': node.counters.suspicionsUnconfirmed,
    },
  };
}
