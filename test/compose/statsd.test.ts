import { expect, test } from '@jest/globals';
import { gossipNumbersOf } from '../../src/compose/metrics.js';
import { statsdFacts } from '../../src/compose/statsd.js';
import { newCounters } from '../../src/gossip/core/counters.js';
import { DriverCounters } from '../../src/gossip/driver/counters.js';

/** What gossip counts, each a number of its own. */
function gossip() {
  const counters = Object.assign(new DriverCounters(), {
    ...{ packetsIn: 1, packetBytesIn: 2, packetsOut: 3, packetBytesOut: 4, packetsDropped: 5, packetsFailed: 6 },
    ...{ streamBytesIn: 7, streamBytesOut: 8, streamsAccepted: 9, streamsRefused: 10, streamsFailed: 11 },
    ...{ requests: 12, requestsFailed: 13, requestsDropped: 14 },
  });
  const of = { aliveClaims: 20, suspectClaims: 21, deadClaims: 22, probes: 23, probesFailed: 24 };
  const odd = { gossipRounds: 25, probesDegraded: 26, suspicionsUnconfirmed: 27, stalls: 28 };
  return { node: { healthScore: 3, counters: { ...newCounters(), ...of, ...odd } }, counters };
}

test("statsd is told gossip's counters and the process's memory under the original's names", () => {
  expect(statsdFacts(gossip(), { heapUsedBytes: 100, residentBytes: 200 })).toEqual({
    gauges: { 'memberlist.health.score': 3, 'runtime.alloc_bytes': 100, 'runtime.sys_bytes': 200 },
    totals: {
      'memberlist.udp.sent': 4,
      'memberlist.udp.received': 2,
      'memberlist.tcp.accept': 9,
      'memberlist.tcp.connect': 12,
      'memberlist.tcp.sent': 8,
      'memberlist.msg.alive': 20,
      'memberlist.msg.suspect': 21,
      'memberlist.msg.dead': 22,
      'memberlist.degraded.probe': 26,
      'memberlist.degraded.timeout': 27,
    },
  });
});

test('the figures of gossip come from what gossip and replication count', () => {
  const replicator = {
    counters: { received: 1, accepted: 2, relayed: 3, refused: new Map([['STALE' as const, 4]]), sent: 5, dropped: 6 },
    waiting: 7,
    largestSkew: () => ({ host: 'h2', skewMs: -1500 }),
  };
  const { incidents, ...numbers } = gossipNumbersOf(gossip(), replicator);
  expect(numbers).toEqual({
    packets: { in: 1, out: 3, lost: 11 },
    packetBytes: { in: 2, out: 4 },
    streamBytes: { in: 7, out: 8 },
    streams: 21,
    streamFailures: 48,
    probes: 23,
    probesFailed: 24,
    healthScore: 3,
    largestSkewMs: 1500,
    pendingRecords: 7,
    recordsByOutcome: { received: 1, accepted: 2, relayed: 3 },
    recordsSent: 5,
    recordsDropped: 6,
    refusedByCode: { STALE: 4 },
  });
  expect(incidents).toMatchObject({ stalls: 28, suspicions_unconfirmed: 27, probes_degraded: 26, name_conflicts: 0 });
  expect(Object.keys(incidents).filter((kind) => /claims$|^probes$|gossip_rounds|probes_failed/.test(kind))).toEqual([
    'malformed_claims',
    'foreign_cluster_claims',
    'foreign_version_claims',
  ]);
  expect(gossipNumbersOf(gossip(), { ...replicator, largestSkew: () => undefined }).largestSkewMs).toBe(0);
});
