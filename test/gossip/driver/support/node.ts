import type { GossipDelegate, GossipEffects, GossipOptions } from '../../../../src/gossip/core/ports.js';
import { GossipNode } from '../../../../src/gossip/core/gossip-node.js';
import type { Bytes } from '../../../../src/gossip/wire/message.js';
import { ENCRYPTION_BYTES } from '../../../../src/gossip/wire/encryption.js';
import type { Random } from '../../../../src/lib/ports.js';
import { silent } from '../../../support/log.js';

const text = (bytes: Bytes): string => Buffer.from(bytes).toString();
const bytes = (content: string): Bytes => Uint8Array.from(Buffer.from(content));

/** An application that keeps what it is told and says what it is given. */
export class Application implements GossipDelegate {
  readonly heard: string[] = [];
  readonly states: string[] = [];
  readonly events: string[] = [];
  /** What it wants to tell everybody: small by packet, large by stream. */
  small: string[] = [];
  large: string[] = [];
  state = '';

  takeBroadcasts(): readonly Bytes[] {
    return this.small.splice(0).map(bytes);
  }

  takeLarge(): readonly Bytes[] {
    return this.large.splice(0).map(bytes);
  }

  onUserMessage(payload: Bytes): void {
    this.heard.push(text(payload));
  }

  localState(): Bytes {
    return bytes(this.state);
  }

  onRemoteState(state: Bytes): void {
    this.states.push(text(state));
  }

  onStranger(name: string, clusterName: string): void {
    this.events.push(`stranger ${name} of ${clusterName}`);
  }

  onMember({ type, member }: Parameters<GossipDelegate['onMember']>[0]): void {
    this.events.push(`${type} ${member.name}`);
  }
}

/** A real node, ten times as fast as usual unless told otherwise. */
export function makeNode(
  options: Pick<GossipOptions, 'name' | 'advertise'> & Partial<GossipOptions>,
  effects: GossipEffects,
  delegate: GossipDelegate = new Application(),
): GossipNode {
  let turn = 0;
  const random: Random = { below: (n) => (turn += 1) % n };
  return new GossipNode(
    {
      meta: new Uint8Array(),
      delegateVersions: [0, 0, 0],
      clusterName: 'default',
      acceptMissingClusterName: false,
      probeIntervalMs: 100,
      probeTimeoutMs: 50,
      indirectChecks: 3,
      retransmitMult: 4,
      suspicionMult: 4,
      suspicionMaxTimeoutMult: 6,
      healthMax: 8,
      pushPullIntervalMs: 2000,
      gossipIntervalMs: 20,
      gossipNodes: 3,
      gossipMessages: 3,
      gossipBurst: 20,
      gossipToTheDeadMs: 3000,
      packetBytes: 1400,
      encryptionBytes: ENCRYPTION_BYTES,
      rejoinIntervalMs: 3000,
      reconnectTimeoutMs: 60_000,
      hasSeeds: true,
      ...options,
    },
    { random, effects, delegate, log: silent },
  );
}
