import { ok, type Result } from '../../lib/result.js';
import { concat } from './bytes.js';
import { checked, decodeAck, decodeBody, decodePing, refusedType } from './decode-message.js';
import { encodeMessage, typed } from './encode-message.js';
import type { Bytes, ErrorMessage, StreamMessage, UserMessage } from './message.js';
import { MESSAGE_TYPE } from './message-type.js';
import { decodeMap } from './msgpack.js';
import { decodePushPull, encodePushPull, MAX_USER_BYTES } from './push-pull.js';
import { refusedAs, type WireFault } from './wire-fault.js';

/** What one side of a stream says, neither compressed nor encrypted (PROTOCOL 10). */
export function encodeStreamMessage(message: StreamMessage): Bytes {
  switch (message.type) {
    case 'push-pull':
      return encodePushPull(message);
    case 'user':
      return concat([typed(MESSAGE_TYPE.user, { UserMsgLen: message.payload.length }), message.payload]);
    case 'err':
      return typed(MESSAGE_TYPE.err, { Error: message.error });
    case 'ping':
    case 'ack':
      return encodeMessage(message);
  }
}

/** A whole message of a stream, wrappers taken off; what follows it is ignored. It owns its bytes. */
export function decodeStreamMessage(bytes: Bytes): Result<StreamMessage, WireFault> {
  switch (bytes[0]) {
    case MESSAGE_TYPE.pushPull:
      return decodePushPull(bytes);
    case MESSAGE_TYPE.ping:
      return decodePing(bytes);
    case MESSAGE_TYPE.ack:
      return decodeAck(bytes);
    case MESSAGE_TYPE.user:
      return decodeUser(bytes);
    case MESSAGE_TYPE.err:
      return decodeBody(bytes, ['Error'], (fields): ErrorMessage => ({ type: 'err', error: fields.text('Error') }));
    case undefined:
    default:
      return refusedType(bytes);
  }
}

/** What the start of a user message on a stream announces. */
export interface UserHeader {
  readonly payloadBytes: number;
  /** Where the payload is. */
  readonly end: number;
}

/** The header of the user message whose type byte is at 0. */
export function decodeUserHeader(bytes: Bytes): Result<UserHeader, WireFault> {
  const map = decodeMap(bytes, 1, ['UserMsgLen']);
  if (!map.ok) return map;
  const { fields, end } = map.value;
  return checked(fields, { payloadBytes: fields.unsigned('UserMsgLen', MAX_USER_BYTES), end });
}

function decodeUser(bytes: Bytes): Result<UserMessage, WireFault> {
  const header = decodeUserHeader(bytes);
  if (!header.ok) return header;
  const { payloadBytes, end } = header.value;
  if (end + payloadBytes > bytes.length) return refusedAs('TRUNCATED', 'the payload of a user message is cut off');
  return ok({ type: 'user', payload: new Uint8Array(bytes.subarray(end, end + payloadBytes)) });
}
