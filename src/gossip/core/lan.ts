import type { GossipOptions } from './ports.js';

type Timing =
  | 'probeIntervalMs'
  | 'probeTimeoutMs'
  | 'indirectChecks'
  | 'retransmitMult'
  | 'suspicionMaxTimeoutMult'
  | 'healthMax'
  | 'gossipNodes'
  | 'gossipBurst'
  | 'gossipToTheDeadMs'
  | 'packetBytes';

/** What no setting changes, as the original has it on a LAN (PROTOCOL 17); `gossipBurst` is ours. */
export const LAN: Pick<GossipOptions, Timing> = {
  probeIntervalMs: 1_000,
  probeTimeoutMs: 500,
  indirectChecks: 3,
  retransmitMult: 4,
  suspicionMaxTimeoutMult: 6,
  healthMax: 8,
  gossipNodes: 3,
  /** 1,000 records of 250 bytes are 200 packets: four or five ticks. */
  gossipBurst: 48,
  gossipToTheDeadMs: 30_000,
  packetBytes: 1_400,
};
