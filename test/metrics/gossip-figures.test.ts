import { expect, test } from '@jest/globals';
import { declareGossipFigures } from '../../src/metrics/gossip-figures.js';
import { MetricsRegistry } from '../../src/metrics/registry.js';
import { samplesIn } from './exposition.js';

test('every number of gossip and replication is a figure of its own', async () => {
  const registry = new MetricsRegistry();
  const { probed } = declareGossipFigures(registry, () => ({
    packets: { in: 1, out: 2, lost: 3 },
    packetBytes: { in: 4, out: 5 },
    streamBytes: { in: 6, out: 7 },
    streams: 8,
    streamFailures: 9,
    probes: 10,
    probesFailed: 11,
    incidents: { refutations: 12 },
    healthScore: 13,
    largestSkewMs: 1400,
    pendingRecords: 15,
    recordsByOutcome: { received: 16, accepted: 17, relayed: 18 },
    recordsSent: 19,
    recordsDropped: 20,
    refusedByCode: { FROM_THE_FUTURE: 21 },
  }));
  probed(7);
  probed(6000);
  const samples = samplesIn(await registry.text());
  const buckets = Object.entries(samples).filter(([name]) => name.includes('_bucket'));
  expect(Object.fromEntries(Object.entries(samples).filter(([name]) => !name.includes('_bucket')))).toEqual({
    'sidecar_gossip_packets_total{direction="received"}': 1,
    'sidecar_gossip_packets_total{direction="sent"}': 2,
    sidecar_gossip_packets_lost_total: 3,
    'sidecar_gossip_packet_bytes_total{direction="received"}': 4,
    'sidecar_gossip_packet_bytes_total{direction="sent"}': 5,
    'sidecar_gossip_stream_bytes_total{direction="received"}': 6,
    'sidecar_gossip_stream_bytes_total{direction="sent"}': 7,
    sidecar_gossip_streams_total: 8,
    sidecar_gossip_stream_failures_total: 9,
    sidecar_gossip_probes_total: 10,
    sidecar_gossip_probes_failed_total: 11,
    'sidecar_gossip_incidents_total{kind="refutations"}': 12,
    sidecar_gossip_health_score: 13,
    sidecar_clock_skew_max_seconds: 1.4,
    sidecar_replication_pending_records: 15,
    'sidecar_replication_records_total{outcome="received"}': 16,
    'sidecar_replication_records_total{outcome="accepted"}': 17,
    'sidecar_replication_records_total{outcome="relayed"}': 18,
    sidecar_replication_records_sent_total: 19,
    sidecar_replication_records_dropped_total: 20,
    'sidecar_replication_records_refused_total{code="FROM_THE_FUTURE"}': 21,
    sidecar_gossip_probe_seconds_sum: 6.007,
    sidecar_gossip_probe_seconds_count: 2,
  });
  expect(buckets).toContainEqual(['sidecar_gossip_probe_seconds_bucket{le="0.005"}', 0]);
  expect(buckets).toContainEqual(['sidecar_gossip_probe_seconds_bucket{le="0.01"}', 1]);
  expect(buckets).toContainEqual(['sidecar_gossip_probe_seconds_bucket{le="5"}', 1]);
});
