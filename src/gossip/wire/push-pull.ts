import { ok, type Result } from '../../lib/result.js';
import { concat } from './bytes.js';
import { checked, claimOf, clusterNameOf } from './decode-message.js';
import { typed } from './encode-message.js';
import type { Bytes, PushPull, PushPullNode } from './message.js';
import { MESSAGE_TYPE } from './message-type.js';
import { decodeMap, encodeMap } from './msgpack.js';
import { refusedAs, type WireFault } from './wire-fault.js';

/** Far above what a cluster has. PROTOCOL 10 allows 1,048,576, which a stranger packs into two kilobytes and we unpack for a second. */
const MAX_NODES = 65_536;
/** The user state of a push/pull, and the payload of a user message on a stream. */
export const MAX_USER_BYTES = 20_971_520;

const HEADER_FIELDS = ['ClusterName', 'Join', 'Nodes', 'UserStateLen'];
const NODE_FIELDS = ['Addr', 'Incarnation', 'Meta', 'Name', 'Port', 'State', 'Vsn'];

/** A push/pull with its type byte: header, members, user state. Peers take at least 65,536 members and 20 MiB of user state. */
export function encodePushPull(message: PushPull): Bytes {
  const header = typed(MESSAGE_TYPE.pushPull, {
    ClusterName: message.clusterName,
    Join: message.join,
    Nodes: message.nodes.length,
    UserStateLen: message.userState.length,
  });
  return concat([header, ...message.nodes.map(encodeNode), message.userState]);
}

function encodeNode(node: PushPullNode): Bytes {
  return encodeMap({
    Addr: node.addr ?? null,
    Incarnation: node.incarnation,
    Meta: node.meta ?? null,
    Name: node.name,
    Port: node.port,
    State: node.state,
    Vsn: node.vsn ?? null,
  });
}

/** What the start of a push/pull announces, within the limits of PROTOCOL 10. */
export interface PushPullHeader {
  readonly join: boolean;
  readonly clusterName?: string;
  readonly nodeCount: number;
  readonly userStateBytes: number;
  /** Where the first node is. */
  readonly end: number;
}

/** The header of the push/pull whose type byte is at 0. */
export function decodePushPullHeader(bytes: Bytes): Result<PushPullHeader, WireFault> {
  const map = decodeMap(bytes, 1, HEADER_FIELDS);
  if (!map.ok) return map;
  const { fields, end } = map.value;
  return checked(fields, {
    join: fields.flag('Join'),
    ...clusterNameOf(fields),
    nodeCount: fields.unsigned('Nodes', MAX_NODES),
    userStateBytes: fields.unsigned('UserStateLen', MAX_USER_BYTES),
    end,
  });
}

/**
 * A whole push/pull with its type byte; what follows it is ignored. It owns its bytes. A name that is not UTF-8 reads as empty and
 * meta has any length, since the original passes both on: the reader refuses that member, and not everybody.
 */
export function decodePushPull(bytes: Bytes): Result<PushPull, WireFault> {
  const header = decodePushPullHeader(bytes);
  if (!header.ok) return header;
  const { nodeCount, userStateBytes, end, ...rest } = header.value;
  const nodes: PushPullNode[] = [];
  let at = end;
  while (nodes.length < nodeCount) {
    const map = decodeMap(bytes, at, NODE_FIELDS);
    if (!map.ok) return map;
    const { fields } = map.value;
    const state = fields.unsigned('State', Number.MAX_SAFE_INTEGER);
    const node = checked(fields, { name: fields.textOrEmpty('Name'), ...claimOf(fields, Infinity), state });
    if (!node.ok) return node;
    nodes.push(node.value);
    at = map.value.end;
  }
  if (at + userStateBytes > bytes.length) return refusedAs('TRUNCATED', 'the user state of a push/pull is cut off');
  const userState = new Uint8Array(bytes.subarray(at, at + userStateBytes));
  return ok({ type: 'push-pull', ...rest, nodes, userState });
}
