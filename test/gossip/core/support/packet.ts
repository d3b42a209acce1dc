import type { Bytes, Message } from '../../../../src/gossip/wire/message.js';
import { decodeCompound } from '../../../../src/gossip/wire/compound.js';
import { decodeMessage } from '../../../../src/gossip/wire/decode-message.js';
import { MESSAGE_TYPE } from '../../../../src/gossip/wire/message-type.js';

/** What a packet says, its compound taken apart. */
export function messagesOf(packet: Bytes): readonly Message[] {
  if (packet[0] !== MESSAGE_TYPE.compound) return [messageOf(packet)];
  const compound = decodeCompound(packet);
  if (!compound.ok || compound.value.missing > 0) throw new Error('a node sent a broken compound');
  return compound.value.parts.map(messageOf);
}

function messageOf(part: Bytes): Message {
  const message = decodeMessage(part);
  if (!message.ok) throw new Error(`a node sent a broken message: ${message.fault.detail}`);
  return message.value;
}

/** One message in a few words: `suspect b@3 from a`. */
export function words(message: Message): string {
  switch (message.type) {
    case 'ping':
      return `ping ${message.node}`;
    case 'indirect-ping':
      return `ask about ${message.node}`;
    case 'ack':
    case 'nack':
      return message.type;
    case 'alive':
      return `alive ${message.node}@${message.incarnation}`;
    case 'suspect':
    case 'dead':
      return `${message.type} ${message.node}@${message.incarnation} from ${message.from}`;
    case 'user':
      return `user ${Buffer.from(message.payload).toString()}`;
  }
}
