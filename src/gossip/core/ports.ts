import type { Millis } from '../../lib/ports.js';
import type { Bytes } from '../wire/message.js';

/** Where a member receives packets and streams. */
export interface Endpoint {
  /** IPv4 or IPv6 literal in its canonical short form; an IPv4 address is never written as IPv6. */
  readonly address: string;
  readonly port: number;
}

/** Protocol and delegate versions a member understands and speaks (PROTOCOL 4). */
export interface Versions {
  readonly pmin: number;
  readonly pmax: number;
  readonly pcur: number;
  readonly dmin: number;
  readonly dmax: number;
  readonly dcur: number;
}

/** `left` is upstream's: gone by its own word. */
export type MemberState = 'alive' | 'suspect' | 'dead' | 'left';

/** A member as this node knows it. Immutable. */
export interface Member extends Endpoint {
  readonly name: string;
  readonly meta: Bytes;
  readonly versions: Versions;
  readonly incarnation: number;
  readonly state: MemberState;
  /** When `state` last changed, on the clock's scale. */
  readonly stateSince: Millis;
  /** When anything last came from it directly: an ack, a packet, a stream; undefined if never. */
  readonly lastHeard: Millis | undefined;
  /** Of its last direct ack; undefined if there was none. */
  readonly roundTripMs: Millis | undefined;
}

/** A member that was once seen and did not leave: it is joined again while it is missing. */
export interface KnownPeer extends Endpoint {
  readonly name: string;
}

/** A known peer that is not there now. */
export interface MissingPeer extends KnownPeer {
  /** For how long it is still tried. */
  readonly givenUpInMs: Millis;
}

export interface MemberEvent {
  /**
   * `join`: it is alive now and was not known or was dead. `leave`: it died or left. `update`: its meta changed. `conflict`: it is
   * alive, perhaps it is this node, and somebody at another address claims its name; told with each claim.
   */
  readonly type: 'join' | 'leave' | 'update' | 'conflict';
  readonly member: Member;
}

/** How much of the application's messages one packet still takes. */
export interface BroadcastBudget {
  /** The sum of (length + `overheadBytes`) of what is taken must not exceed this. */
  readonly limitBytes: number;
  readonly overheadBytes: number;
  /** Rises with every set of receivers: what was taken in this round must not be taken in it again. */
  readonly round: number;
  /** `RetransmitMult * ceil(log10(n + 1))`: after so many takes a message has been spread enough. */
  readonly transmitLimit: number;
}

/** The application that lives on the cluster. Called synchronously; it may call `nudge`, but nothing else of the node. */
export interface GossipDelegate {
  /** Payloads for one packet, the most urgent first. */
  takeBroadcasts(budget: BroadcastBudget): readonly Bytes[];
  /** Payloads that no packet can hold: they go by stream to the members of this round. At most a few at once. */
  takeLarge(budget: Pick<BroadcastBudget, 'round' | 'transmitLimit'>): readonly Bytes[];
  /** A payload from a peer; not to be trusted. `peer` is the name of who sent it, when its endpoint is known: it may only pass it on. */
  onUserMessage(payload: Bytes, peer: string | undefined): void;
  /** What this node adds to a push/pull. */
  localState(join: boolean): Bytes;
  /** What a peer added to its push/pull, never empty; not to be trusted. `peer` is its name when its endpoint is known. */
  onRemoteState(state: Bytes, peer: string | undefined): void;
  onMember(event: MemberEvent): void;
  /** A node says that it is of another cluster, and nothing of it was taken; not to be trusted. */
  onStranger(name: string, clusterName: string): void;
}

/** A receiver of a packet. */
export interface Receiver extends Endpoint {
  /** It understands the checksum (its pmax is 5 or more). */
  readonly checksum: boolean;
}

/**
 * What a node wants done. Each call returns at once and never calls back into the node before it has returned; answers come
 * later, through the methods of the node that the comments name.
 */
export interface GossipEffects {
  /** Sends one message or compound, not yet compressed or sealed, to each of `receivers`. */
  sendPacket(receivers: readonly Receiver[], message: Bytes): void;
  /** Sends a payload by stream. Nothing is reported back. */
  sendUserStream(to: Endpoint, payload: Bytes): void;
  /** Pings by stream; on an ack within `timeoutMs` the driver calls `onStreamAck`. */
  pingByStream(to: Endpoint, ping: { readonly seqNo: number; readonly node: string }, timeoutMs: Millis): void;
  /** Exchanges full states (`localState`, then `onPushPull` with the answer). A failure is logged by the driver. */
  pushPull(to: Endpoint): void;
  /**
   * Joins: push/pull with `join` set, with each of `peers` and with every address of every seed; an endpoint that is our own is
   * skipped. The driver bounds how many are tried at once and how long.
   */
  join(peers: readonly KnownPeer[]): void;
}

/** Numbers of the protocol and of its timing; PROTOCOL section 17 has the defaults. */
export interface GossipOptions {
  readonly name: string;
  /** What others are told to reach this node at. */
  readonly advertise: Endpoint;
  /** At most 512 bytes. */
  readonly meta: Bytes;
  readonly delegateVersions: readonly [dmin: number, dmax: number, dcur: number];
  /** Sent with what the fork marks; `undefined` sends none. */
  readonly clusterName: string | undefined;
  readonly acceptMissingClusterName: boolean;
  readonly probeIntervalMs: Millis;
  readonly probeTimeoutMs: Millis;
  readonly indirectChecks: number;
  readonly retransmitMult: number;
  readonly suspicionMult: number;
  readonly suspicionMaxTimeoutMult: number;
  readonly healthMax: number;
  readonly pushPullIntervalMs: Millis;
  readonly gossipIntervalMs: Millis;
  readonly gossipNodes: number;
  /** Packets of one gossip tick; more when the application has a backlog, up to `gossipBurst`. */
  readonly gossipMessages: number;
  readonly gossipBurst: number;
  readonly gossipToTheDeadMs: Millis;
  /** The largest datagram, everything counted. */
  readonly packetBytes: number;
  /** What encryption adds to a packet, bytes; 0 without a key. */
  readonly encryptionBytes: number;
  /** While members that did not leave are missing, they and the seeds are joined again so often (start to start). */
  readonly rejoinIntervalMs: Millis;
  /** So long a missing member is tried again. */
  readonly reconnectTimeoutMs: Millis;
  /** Whether the driver has seeds to join through. */
  readonly hasSeeds: boolean;
}
