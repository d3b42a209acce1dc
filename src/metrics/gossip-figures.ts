import type { Millis } from '../lib/ports.js';
import type { Figure, MetricsRegistry } from './registry.js';

type Counts = Readonly<Record<string, number>>;

/** What of gossip and replication is counted. Totals count from the start of the agent. */
export interface GossipNumbers {
  readonly packets: { readonly in: number; readonly out: number; readonly lost: number };
  readonly packetBytes: { readonly in: number; readonly out: number };
  readonly streamBytes: { readonly in: number; readonly out: number };
  /** Of those that we began or accepted: failed, cut, refused or never begun. */
  readonly streamFailures: number;
  readonly streams: number;
  readonly probes: number;
  readonly probesFailed: number;
  /** By what went wrong, or had to be done against it. */
  readonly incidents: Counts;
  /** 0 is well; Lifeguard's awareness. */
  readonly healthScore: number;
  /** How far the clock that differs most from ours differs, either way. */
  readonly largestSkewMs: Millis;
  readonly pendingRecords: number;
  readonly recordsByOutcome: Counts;
  readonly recordsSent: number;
  readonly recordsDropped: number;
  readonly refusedByCode: Counts;
}

/** Seconds, from a healthy network's round trip to the longest wait for an answer. */
const PROBE_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

const directions = ({ in: received, out: sent }: { readonly in: number; readonly out: number }): Counts => ({
  received,
  sent,
});

const FIGURES: readonly Figure<GossipNumbers>[] = [
  {
    type: 'counter',
    name: 'sidecar_gossip_packets_total',
    help: 'UDP packets of gossip, by direction.',
    label: 'direction',
    values: ({ packets }) => directions(packets),
  },
  {
    type: 'counter',
    name: 'sidecar_gossip_packet_bytes_total',
    help: 'Size of the UDP packets of gossip, by direction.',
    label: 'direction',
    values: ({ packetBytes }) => directions(packetBytes),
  },
  {
    type: 'counter',
    name: 'sidecar_gossip_packets_lost_total',
    help: 'UDP packets that were not sent: the system refused them, too many waited, or there was no key.',
    value: ({ packets }) => packets.lost,
  },
  {
    type: 'counter',
    name: 'sidecar_gossip_stream_bytes_total',
    help: 'What went through the TCP connections of gossip, by direction.',
    label: 'direction',
    values: ({ streamBytes }) => directions(streamBytes),
  },
  {
    type: 'counter',
    name: 'sidecar_gossip_streams_total',
    help: 'TCP connections of gossip, begun here or accepted.',
    value: ({ streams }) => streams,
  },
  {
    type: 'counter',
    name: 'sidecar_gossip_stream_failures_total',
    help: 'TCP connections of gossip that failed, were refused, or were never begun because too many were open.',
    value: ({ streamFailures }) => streamFailures,
  },
  {
    type: 'counter',
    name: 'sidecar_gossip_probes_total',
    help: 'Probes of other members that were begun.',
    value: ({ probes }) => probes,
  },
  {
    type: 'counter',
    name: 'sidecar_gossip_probes_failed_total',
    help: 'Probes that nobody answered.',
    value: ({ probesFailed }) => probesFailed,
  },
  {
    type: 'counter',
    name: 'sidecar_gossip_incidents_total',
    help: 'What gossip dropped, refused or gave up, and what it did against its own death, by kind.',
    label: 'kind',
    values: ({ incidents }) => incidents,
  },
  {
    type: 'gauge',
    name: 'sidecar_gossip_health_score',
    help: 'How little this agent trusts its own senses: 0 is well, each point lets others wait longer.',
    value: ({ healthScore }) => healthScore,
  },
  {
    type: 'gauge',
    name: 'sidecar_clock_skew_max_seconds',
    help: 'Difference between the clock of this host and the one of another host that differs most, either way.',
    value: ({ largestSkewMs }) => largestSkewMs / 1000,
  },
  {
    type: 'gauge',
    name: 'sidecar_replication_pending_records',
    help: 'Records that wait to be sent to others, for the first time or again.',
    value: ({ pendingRecords }) => pendingRecords,
  },
  {
    type: 'counter',
    name: 'sidecar_replication_records_total',
    help: 'Records from others: received, of those accepted as news, of those relayed to others.',
    label: 'outcome',
    values: ({ recordsByOutcome }) => recordsByOutcome,
  },
  {
    type: 'counter',
    name: 'sidecar_replication_records_sent_total',
    help: 'Records sent, each time they were put into a packet or a stream.',
    value: ({ recordsSent }) => recordsSent,
  },
  {
    type: 'counter',
    name: 'sidecar_replication_records_dropped_total',
    help: 'Records that were not sent because too many waited.',
    value: ({ recordsDropped }) => recordsDropped,
  },
  {
    type: 'counter',
    name: 'sidecar_replication_records_refused_total',
    help: 'Records from others, or what should have been some, that were not taken, by code.',
    label: 'code',
    values: ({ refusedByCode }) => refusedByCode,
  },
];

/**
 * Declares the figures of gossip and replication.
 *
 * @returns what takes in how long a probe took until its answer, or until there was none
 */
export function declareGossipFigures(
  registry: MetricsRegistry,
  read: () => GossipNumbers,
): { readonly probed: (tookMs: Millis) => void } {
  registry.declare(read, FIGURES);
  const observe = registry.histogram({
    name: 'sidecar_gossip_probe_seconds',
    help: 'Time from the begin of a probe to its answer, or to its end without one.',
    buckets: PROBE_BUCKETS,
  });
  return { probed: (tookMs) => observe(tookMs / 1000) };
}
