import { concat } from './bytes.js';
import type { Bytes, Message, SourceFields } from './message.js';
import { MESSAGE_TYPE } from './message-type.js';
import { encodeMap, type FieldValue } from './msgpack.js';

/** One message with its type byte, neither compressed nor sealed, byte for byte as memberlist writes it (PROTOCOL 4). */
export function encodeMessage(message: Message): Bytes {
  switch (message.type) {
    case 'ping':
      return typed(MESSAGE_TYPE.ping, { Node: message.node, SeqNo: message.seqNo, ...sourceOf(message) });
    case 'indirect-ping':
      return typed(MESSAGE_TYPE.indirectPing, {
        Nack: message.nack,
        Node: message.node,
        Port: message.port,
        SeqNo: message.seqNo,
        ...sourceOf(message),
        Target: message.target ?? null,
      });
    case 'ack':
      return typed(MESSAGE_TYPE.ack, { Payload: message.payload ?? null, SeqNo: message.seqNo });
    case 'nack':
      return typed(MESSAGE_TYPE.nack, { SeqNo: message.seqNo });
    case 'suspect':
    case 'dead':
      return typed(MESSAGE_TYPE[message.type], {
        ClusterName: message.clusterName,
        From: message.from,
        Incarnation: message.incarnation,
        Node: message.node,
      });
    case 'alive':
      return typed(MESSAGE_TYPE.alive, {
        Addr: message.addr ?? null,
        ClusterName: message.clusterName,
        Incarnation: message.incarnation,
        Meta: message.meta ?? null,
        Node: message.node,
        Port: message.port,
        Vsn: message.vsn ?? null,
      });
    case 'user':
      return concat([Uint8Array.of(MESSAGE_TYPE.user), message.payload]);
  }
}

/** A map behind its type byte. */
export function typed(type: number, fields: Readonly<Record<string, FieldValue | undefined>>): Bytes {
  return concat([Uint8Array.of(type), encodeMap(fields)]);
}

function sourceOf(message: SourceFields): Readonly<Record<string, FieldValue | undefined>> {
  return { SourceAddr: message.sourceAddr, SourceNode: message.sourceNode, SourcePort: message.sourcePort };
}
