/** What a node counts: what it does all the time, all that it dropped, refused or gave up, and what it did against its own death. */
const NAMES = [
  /** Rounds of gossip, those with nobody to tell included. */
  'gossipRounds',
  /** Claims about members, as they come. */
  'aliveClaims',
  'suspectClaims',
  'deadClaims',
  'probes',
  /** Probes that gave the target more time because we do not trust our own senses. */
  'probesDegraded',
  /** Suspects declared dead although fewer others confirmed it than could have. */
  'suspicionsUnconfirmed',
  /** Claims with an impossible name, address, meta or version field. */
  'malformedClaims',
  /** Claims from a cluster of another name. */
  'foreignClusterClaims',
  /** Alive claims whose versions do not go with ours: passed on, they would stop every push/pull of the cluster. */
  'foreignVersionClaims',
  /** Alive claims for a name that lives elsewhere. */
  'nameConflicts',
  /** Alive claims for new names while the member table is full. */
  'membersRefused',
  /** Full exchanges of which nothing was merged. */
  'mergesRefused',
  /** Accusations against us that we answered with a higher incarnation. */
  'refutations',
  /** Accusations at the last incarnation there is, which nobody can refute. */
  'irrefutable',
  /** Broadcasts given up because the queue was full. */
  'broadcastsDropped',
  /** Broadcasts that no packet can hold. */
  'broadcastsTooLarge',
  /** Probes that ended without any answer. */
  'probesFailed',
  /** Probes ended without judgement because we were not listening ourselves. */
  'probesAbandoned',
  /** Probes answered by stream only: packets to or from that member seem to be lost. */
  'probesAnsweredByStreamOnly',
  /** Acks that nobody waits for, or not any more. */
  'unexpectedAcks',
  /** Nacks that came after their probe had ended; they count as if they had been in time. */
  'lateNacks',
  'unexpectedNacks',
  /** Pings that were meant for another name. */
  'misdirectedPings',
  /** Requests to probe for others that came too fast, to no address, or for what is no name. */
  'helpRefused',
  /** Times that our own event loop was so late that we could not have heard an answer. */
  'stalls',
  /** Known peers given up after the reconnect timeout. */
  'peersGivenUp',
  /** Known peers left out because too many are known. */
  'peersRefused',
] as const;

export type CounterName = (typeof NAMES)[number];
export type Counters = Record<CounterName, number>;

/** All at zero. */
export function newCounters(): Counters {
  return Object.fromEntries(NAMES.map((name) => [name, 0])) as Counters;
}
