import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { encodeCompound } from '../../../src/gossip/wire/compound.js';
import { compress } from '../../../src/gossip/wire/compress.js';
import { addChecksum } from '../../../src/gossip/wire/checksum.js';
import { encodeMessage } from '../../../src/gossip/wire/encode-message.js';
import { encrypt } from '../../../src/gossip/wire/encryption.js';
import type { Bytes, Message } from '../../../src/gossip/wire/message.js';
import { openPacket, sealPacket, type OpenedPacket } from '../../../src/gossip/wire/packet.js';
import { fromHex, toHex, vectorFile } from './vectors.js';

interface Vector {
  readonly name: string;
  readonly message: string;
  readonly compression: boolean;
  readonly receiverPMax: number;
  readonly encryptionVersion: 0 | 1 | null;
  readonly key?: string;
  readonly nonce?: string;
  readonly hex: string;
}

const { vectors } = vectorFile('packets.json') as { readonly vectors: readonly Vector[] };

const key = new Uint8Array(16).fill(1);
const PLAIN = { keys: [], verifyIncoming: true };
const nack: Message = { type: 'nack', seqNo: 1 };
const nackBytes = encodeMessage(nack);

const open = (bytes: Bytes): OpenedPacket => openPacket(bytes, PLAIN);
const codes = (packet: OpenedPacket): readonly string[] => packet.faults.map(({ code }) => code);

describe('packets', () => {
  test.each(vectors)('$name: opens, and is sealed as it was', (vector) => {
    const keys = vector.key === undefined ? [] : [fromHex(vector.key)];
    const opened = openPacket(fromHex(vector.hex), { keys, verifyIncoming: true });
    expect(opened.faults).toEqual([]);
    expect(opened.messages.length).toBeGreaterThan(0);
    expect(opened.messages).toEqual(open(fromHex(vector.message)).messages);

    if (vector.encryptionVersion === 0) return; // read, but never written
    const seal = { compress: vector.compression, checksum: vector.receiverPMax >= 5, key: keys[0] };
    const nonce = vector.nonce === undefined ? undefined : fromHex(vector.nonce);
    expect(toHex(sealPacket(fromHex(vector.message), seal, nonce))).toBe(vector.hex);
  });

  test('any messages survive any seal', () => {
    const message = fc.oneof(
      fc.record({ type: fc.constant('nack' as const), seqNo: fc.nat() }),
      fc.record({ type: fc.constant('user' as const), payload: fc.uint8Array({ maxLength: 300 }) }),
      fc.record({
        type: fc.constant('dead' as const),
        incarnation: fc.nat(),
        node: fc.string({ unit: 'grapheme' }),
        from: fc.string({ unit: 'grapheme' }),
        clusterName: fc.string(),
      }),
    );
    const seal = fc.record({ compress: fc.boolean(), checksum: fc.boolean(), key: fc.constantFrom(undefined, key) });
    fc.assert(
      fc.property(fc.array(message, { maxLength: 127 }), seal, (messages, how) => {
        const keys = how.key === undefined ? [] : [how.key];
        const datagram = sealPacket(encodeCompound(messages.map(encodeMessage)), how);
        expect(openPacket(datagram, { keys, verifyIncoming: true })).toMatchObject({ messages, faults: [] });
      }),
    );
  });

  test('with a key a plain packet is refused, unless that is allowed', () => {
    expect(codes(openPacket(nackBytes, { keys: [key], verifyIncoming: true }))).toEqual(['BAD_ENCRYPTION']);
    const opened = openPacket(nackBytes, { keys: [key], verifyIncoming: false });
    expect(opened.messages).toEqual([nack]);
    expect(opened.faults).toEqual([]);
  });

  test('an encrypted packet opens whether or not plain ones are allowed', () => {
    const datagram = encrypt(nackBytes, key);
    for (const verifyIncoming of [true, false]) {
      expect(openPacket(datagram, { keys: [key], verifyIncoming }).messages).toEqual([nack]);
    }
  });

  test('a wrong checksum drops the packet', () => {
    const datagram = addChecksum(nackBytes);
    datagram[1] = (datagram[1] ?? 0) ^ 1;
    expect(codes(open(datagram))).toEqual(['BAD_CHECKSUM']);
  });

  test('a checksum has its place outermost only', () => {
    expect(codes(open(encodeCompound([addChecksum(nackBytes)])))).toEqual(['MISPLACED_TYPE']);
    expect(codes(open(fromHex('0c000000')))).toEqual(['MISPLACED_TYPE']);
  });

  test('what belongs on a stream is refused in a packet', () => {
    for (const type of [6, 10, 13]) expect(codes(open(Uint8Array.of(type, 0x80)))).toEqual(['MISPLACED_TYPE']);
  });

  test('a part that is refused does not take the others with it', () => {
    const opened = open(encodeCompound([nackBytes, Uint8Array.of(99), nackBytes]));
    expect(opened.messages).toEqual([nack, nack]);
    expect(codes(opened)).toEqual(['UNKNOWN_TYPE']);
  });

  test('parts that are cut off are told, and those before them count', () => {
    const opened = open(encodeCompound([nackBytes, nackBytes]).slice(0, -1));
    expect(opened.messages).toEqual([nack]);
    expect(codes(opened)).toEqual(['TRUNCATED']);
  });

  test('wrappers around wrappers are opened in order', () => {
    const inner = compress(encodeCompound([nackBytes, encodeMessage({ type: 'nack', seqNo: 2 })]));
    const opened = open(encodeCompound([inner, encodeMessage({ type: 'nack', seqNo: 3 })]));
    expect(opened.messages).toEqual([1, 2, 3].map((seqNo) => ({ type: 'nack', seqNo })));
  });
});
