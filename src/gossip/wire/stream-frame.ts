import { ok, type Result } from '../../lib/result.js';
import { refusedType } from './decode-message.js';
import { ENCRYPTION_BYTES } from './encryption.js';
import type { Bytes } from './message.js';
import { MESSAGE_TYPE } from './message-type.js';
import { walkValues, type Walk } from './msgpack-head.js';
import { decodePushPullHeader } from './push-pull.js';
import { decodeUserHeader } from './stream-message.js';
import { refusedAs, type WireFault } from './wire-fault.js';

/** The most that one side of a stream may be, on the wire as well as decompressed. */
export const MAX_STREAM_BYTES = 41_943_040;
/** What may stand behind the header of an encrypted block. */
const MAX_ENCRYPTED_BYTES = 20_971_520;
/** A map that neither is compressed data nor lists members is small. */
const MAX_MAP_BYTES = 65_536;
/** Type and length in front of an encrypted block; they are authenticated with it. */
export const BLOCK_HEADER_BYTES = 5;

/** What has come so far. Of a stream only this grows. */
export interface Received {
  readonly bytes: Bytes;
}

/** Waits for more bytes by yielding; returns what it waited for. */
type Waiting<T> = Generator<undefined, Result<T, WireFault>, undefined>;

/**
 * Finds where the message that begins at 0 ends, without looking twice at what it has passed.
 * It yields while too little has been received, and returns the end only when all before it is there.
 */
export function* endOfMessage(received: Received): Waiting<number> {
  yield* untilThere(received, 1);
  const end = yield* announcedEnd(received);
  if (!end.ok) return end;
  if (end.value > MAX_STREAM_BYTES) return refusedAs('TOO_LARGE', `a stream of more than ${MAX_STREAM_BYTES} bytes`);
  yield* untilThere(received, end.value);
  return end;
}

function* announcedEnd(received: Received): Waiting<number> {
  switch (received.bytes[0]) {
    case MESSAGE_TYPE.encrypt:
      return yield* endOfBlock(received);
    case MESSAGE_TYPE.compress:
      return yield* endOfValues(received, 1, 1, MAX_STREAM_BYTES);
    case MESSAGE_TYPE.ping:
    case MESSAGE_TYPE.ack:
    case MESSAGE_TYPE.err:
      return yield* endOfValues(received, 1, 1, MAX_MAP_BYTES);
    case MESSAGE_TYPE.user:
      return yield* endOfUser(received);
    case MESSAGE_TYPE.pushPull:
      return yield* endOfPushPull(received);
    case undefined:
    default:
      return refusedType(received.bytes);
  }
}

function* endOfBlock(received: Received): Waiting<number> {
  yield* untilThere(received, BLOCK_HEADER_BYTES);
  const { buffer, byteOffset } = received.bytes;
  const length = new DataView(buffer, byteOffset).getUint32(1);
  if (length > MAX_ENCRYPTED_BYTES) return refusedAs('TOO_LARGE', `more than ${MAX_ENCRYPTED_BYTES} encrypted bytes`);
  if (length < ENCRYPTION_BYTES) return refusedAs('TRUNCATED', 'too short to be encrypted');
  return ok(BLOCK_HEADER_BYTES + length);
}

function* endOfUser(received: Received): Waiting<number> {
  const headerEnd = yield* endOfValues(received, 1, 1, MAX_MAP_BYTES);
  if (!headerEnd.ok) return headerEnd;
  const header = decodeUserHeader(received.bytes);
  return header.ok ? ok(header.value.end + header.value.payloadBytes) : header;
}

function* endOfPushPull(received: Received): Waiting<number> {
  const headerEnd = yield* endOfValues(received, 1, 1, MAX_MAP_BYTES);
  if (!headerEnd.ok) return headerEnd;
  const header = decodePushPullHeader(received.bytes);
  if (!header.ok) return header;
  const nodesEnd = yield* endOfValues(received, header.value.end, header.value.nodeCount, MAX_STREAM_BYTES);
  return nodesEnd.ok ? ok(nodesEnd.value + header.value.userStateBytes) : nodesEnd;
}

/** Where the last of `count` msgpack values ends, all of them being there. */
function* endOfValues(received: Received, at: number, count: number, maxBytes: number): Waiting<number> {
  let walk: Walk = { at, left: count };
  while (true) {
    const next = walkValues(received.bytes, walk, maxBytes);
    if (!next.ok) return next;
    walk = next.value;
    if (walk.at - at > maxBytes) return refusedAs('TOO_LARGE', `a map of more than ${maxBytes} bytes`);
    if (walk.left === 0) break;
    yield;
  }
  yield* untilThere(received, walk.at);
  return ok(walk.at);
}

function* untilThere(received: Received, length: number): Generator<undefined, void, undefined> {
  while (received.bytes.length < length) yield;
}
