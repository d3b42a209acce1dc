import { describe, expect, test } from '@jest/globals';
import { encodeCompound } from '../../../src/gossip/wire/compound.js';
import { encodeMessage } from '../../../src/gossip/wire/encode-message.js';
import type { Bytes, Message, StreamMessage } from '../../../src/gossip/wire/message.js';
import { openPacket, sealPacket } from '../../../src/gossip/wire/packet.js';
import { encodeStream, StreamReader } from '../../../src/gossip/wire/stream.js';
import { captures, fromHex, messagesOf, sidesOf, streamMessageOf, toHex, type Tree } from './vectors.js';

const STREAM_NONCE = [6, 18] as const;

/** The message or compound within, encoded anew. */
function encodedContent(tree: Tree, messages: readonly Message[]): Bytes {
  if (tree.inner !== undefined) return encodedContent(tree.inner, messages);
  const parts = messages.map(encodeMessage);
  return tree.type === 'compound' ? encodeCompound(parts) : (parts[0] ?? new Uint8Array());
}

const isWrappedIn = (tree: Tree, type: string): boolean =>
  tree.type === type || (tree.inner !== undefined && isWrappedIn(tree.inner, type));

function readBytewise(bytes: Bytes, keys: readonly Bytes[]): StreamMessage | undefined {
  const reader = new StreamReader({ keys, verifyIncoming: true });
  let message: StreamMessage | undefined;
  for (let at = 0; at < bytes.length; at += 1) {
    expect(message).toBeUndefined();
    const read = reader.push(bytes.subarray(at, at + 1));
    if (!read.ok) throw new Error(read.fault.detail);
    message = read.value;
  }
  expect(reader.end()).toBeUndefined();
  return message;
}

describe.each(captures())('$file, real traffic', (capture) => {
  const key = capture.key === undefined ? undefined : fromHex(capture.key);
  const keys = key === undefined ? [] : [key];

  test.each(capture.packets)('packet $name reads as the original reads it, and is written as it was', (packet) => {
    const { messages, faults } = openPacket(fromHex(packet.hex), { keys, verifyIncoming: true });
    expect(faults).toEqual([]);
    expect(messages).toEqual(messagesOf(packet.decoded));

    const seal = {
      compress: isWrappedIn(packet.decoded, 'compress'),
      checksum: isWrappedIn(packet.decoded, 'crc'),
      key,
    };
    const nonce = packet.nonce === undefined ? undefined : fromHex(packet.nonce);
    expect(toHex(sealPacket(encodedContent(packet.decoded, messages), seal, nonce))).toBe(packet.hex);
  });

  test.each(sidesOf(capture))('stream $name reads as the original reads it, and is written as it was', (side) => {
    const bytes = fromHex(side.hex);
    const message = readBytewise(bytes, keys);
    expect(message).toEqual(streamMessageOf(side.decoded));

    const seal = { compress: side.decoded.layers.includes('compress'), key };
    expect(toHex(encodeStream(message!, seal, bytes.slice(...STREAM_NONCE)))).toBe(side.hex);
  });
});
