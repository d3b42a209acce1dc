import { LAN } from '../../src/gossip/core/lan.js';
import { memberMeta } from '../../src/replication/member-meta.js';
import type { WorldOptions } from './world.js';

const CLUSTER = 'default';

/** Machines with the agent's defaults, on a local network that loses `loss` of the packets. */
export function lanOf(machines: number, loss: number): WorldOptions {
  return {
    machines,
    seeds: 3,
    weather: { loss, duplication: loss / 10, reordering: 0.01, latencyMs: [0, 3], detourMs: 50 },
    // Most clocks are some seconds off, one in six some minutes.
    skewsMs: [1_000, -1_000, 5_000, -5_000, 1_000, -1_000, 2_000, -2_000, 0, 0, 300_000, -300_000],
    gossip: {
      ...LAN,
      meta: memberMeta(CLUSTER, { port: 7777, isTls: false }),
      delegateVersions: [0, 0, 0],
      clusterName: CLUSTER,
      acceptMissingClusterName: false,
      suspicionMult: 4,
      pushPullIntervalMs: 79_000,
      gossipIntervalMs: 200,
      gossipMessages: 3,
      encryptionBytes: 0,
      rejoinIntervalMs: 30_000,
      reconnectTimeoutMs: 86_400_000,
      hasSeeds: true,
    },
    maxFutureMs: 600_000,
  };
}
