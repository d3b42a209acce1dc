/** A byte slice on the wire. Where a field may be `undefined`, that is nil (`c0`); an empty slice is something else (`a0`). */
export type Bytes = Uint8Array;

/** Who asks, so that the answer can go there; upstream sends it, the fork does not know it. Absent fields are not written. */
export interface SourceFields {
  readonly sourceAddr?: Bytes;
  readonly sourcePort?: number;
  readonly sourceNode?: string;
}

/** Are you there? `node` is the name the sender believes it talks to; empty means anybody. */
export interface Ping extends SourceFields {
  readonly type: 'ping';
  readonly seqNo: number;
  readonly node: string;
}

/** Ask `target` for me whether it is there. */
export interface IndirectPing extends SourceFields {
  readonly type: 'indirect-ping';
  readonly seqNo: number;
  readonly target: Bytes | undefined;
  readonly port: number;
  readonly node: string;
  /** Whether the sender wants a nack when the target stays silent. */
  readonly nack: boolean;
}

export interface Ack {
  readonly type: 'ack';
  readonly seqNo: number;
  readonly payload: Bytes | undefined;
}

/** The target you asked about has not answered me. */
export interface Nack {
  readonly type: 'nack';
  readonly seqNo: number;
}

/** `clusterName` is the fork's addition: absent when the field is not on the wire. */
export interface Suspect {
  readonly type: 'suspect';
  readonly incarnation: number;
  readonly node: string;
  readonly from: string;
  readonly clusterName?: string;
}

export interface Alive {
  readonly type: 'alive';
  readonly incarnation: number;
  readonly node: string;
  readonly addr: Bytes | undefined;
  readonly port: number;
  readonly meta: Bytes | undefined;
  /** Six bytes: pmin, pmax, pcur, dmin, dmax, dcur. */
  readonly vsn: Bytes | undefined;
  readonly clusterName?: string;
}

export interface Dead {
  readonly type: 'dead';
  readonly incarnation: number;
  readonly node: string;
  readonly from: string;
  readonly clusterName?: string;
}

/** A payload of the application. On UDP it is the rest of the message, on a stream its length comes first. */
export interface UserMessage {
  readonly type: 'user';
  readonly payload: Bytes;
}

/** What a packet can carry, compound, compression, checksum and encryption taken off. */
export type Message = Ping | IndirectPing | Ack | Nack | Suspect | Alive | Dead | UserMessage;

/** One member as a push/pull lists it. */
export interface PushPullNode {
  readonly name: string;
  readonly addr: Bytes | undefined;
  readonly port: number;
  readonly meta: Bytes | undefined;
  readonly incarnation: number;
  /** 0 alive, 1 suspect, 2 dead, 3 left; other numbers are kept as they came. */
  readonly state: number;
  readonly vsn: Bytes | undefined;
}

/** The whole state of one side. */
export interface PushPull {
  readonly type: 'push-pull';
  readonly join: boolean;
  readonly clusterName?: string;
  readonly nodes: readonly PushPullNode[];
  readonly userState: Bytes;
}

/** Upstream's way to say why it refuses a stream. */
export interface ErrorMessage {
  readonly type: 'err';
  readonly error: string;
}

/** What one side of a TCP connection says. */
export type StreamMessage = PushPull | Ping | Ack | UserMessage | ErrorMessage;
