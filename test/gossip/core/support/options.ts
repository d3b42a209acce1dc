import { LAN } from '../../../../src/gossip/core/lan.js';
import type { GossipOptions } from '../../../../src/gossip/core/ports.js';

/** A Sidecar with its defaults; names and places are per node. */
export const SIDECAR: GossipOptions = {
  ...LAN,
  name: 'a',
  advertise: { address: '10.0.0.1', port: 7946 },
  meta: new Uint8Array(0),
  delegateVersions: [0, 0, 0],
  clusterName: 'default',
  acceptMissingClusterName: false,
  suspicionMult: 4,
  pushPullIntervalMs: 20_000,
  gossipIntervalMs: 200,
  gossipMessages: 3,
  encryptionBytes: 0,
  rejoinIntervalMs: 30_000,
  reconnectTimeoutMs: 86_400_000,
  hasSeeds: false,
};
