import { describe, expect, test } from '@jest/globals';
import { concat } from '../../../src/gossip/wire/bytes.js';
import { encodeCompound } from '../../../src/gossip/wire/compound.js';
import { compress } from '../../../src/gossip/wire/compress.js';
import { encodeMessage } from '../../../src/gossip/wire/encode-message.js';
import { addressOf } from '../../../src/gossip/wire/address.js';
import type { Alive, Bytes, Message, PushPull } from '../../../src/gossip/wire/message.js';
import { encodeMap, type FieldValue } from '../../../src/gossip/wire/msgpack.js';
import { MAX_PACKET_BYTES, MAX_PACKET_PARTS, openPacket, type OpenedPacket } from '../../../src/gossip/wire/packet.js';
import { decodePushPull } from '../../../src/gossip/wire/push-pull.js';
import { encodeStream, StreamReader } from '../../../src/gossip/wire/stream.js';
import { fromHex, utf8 } from './vectors.js';

const PLAIN = { keys: [], verifyIncoming: true };
const nack: Message = { type: 'nack', seqNo: 1 };
const nackBytes = encodeMessage(nack);
const alive: Alive = {
  type: 'alive',
  incarnation: 1,
  node: 'beta',
  addr: Uint8Array.of(10, 78, 0, 12),
  port: 7946,
  meta: undefined,
  vsn: Uint8Array.of(1, 5, 2, 0, 0, 0),
};

const open = (bytes: Bytes): OpenedPacket => openPacket(bytes, PLAIN);
const codes = (packet: OpenedPacket): readonly string[] => packet.faults.map(({ code }) => code);
const wrapped = (bytes: Bytes, times: number, wrap: (inner: Bytes) => Bytes): Bytes =>
  times === 0 ? bytes : wrapped(wrap(bytes), times - 1, wrap);

/** A compound without the sender's limits. */
function largeCompound(parts: readonly Bytes[]): Bytes {
  const lengths = parts.flatMap((part) => [part.length >>> 8, part.length & 0xff]);
  return Uint8Array.from([7, parts.length, ...lengths, ...parts.flatMap((part) => [...part])]);
}

function streamCode(bytes: Bytes): string | undefined {
  const result = new StreamReader(PLAIN).push(bytes);
  return result.ok ? undefined : result.fault.code;
}

/** What crashes or floods the original (PROTOCOL 20). */
describe('hardening', () => {
  test('an empty datagram, message or decompressed message is refused', () => {
    expect(codes(open(new Uint8Array()))).toEqual(['EMPTY']);
    expect(codes(open(compress(new Uint8Array())))).toEqual(['EMPTY']);
    expect(codes(open(fromHex('0c00000000')))).toEqual(['EMPTY']); // a fitting checksum over nothing
  });

  test('an empty part of a compound is skipped quietly', () => {
    expect(open(largeCompound([nackBytes, new Uint8Array(), nackBytes]))).toMatchObject({
      messages: [nack, nack],
      faults: [],
    });
  });

  test('a compound of 255 parts is read whole', () => {
    expect(open(largeCompound(Array.from({ length: 255 }, () => nackBytes))).messages).toHaveLength(255);
  });

  test.each([1, 5, 7, 12])('version numbers of %i bytes are refused wherever they come', (length) => {
    const vsn = new Uint8Array(length);
    expect(codes(open(encodeMessage({ ...alive, vsn })))).toEqual(['BAD_VSN']);
    const node = { ...alive, name: 'beta', state: 0, vsn };
    const message: PushPull = { type: 'push-pull', join: false, nodes: [node], userState: new Uint8Array() };
    expect(streamCode(encodeStream(message, { compress: true, key: undefined }))).toBe('BAD_VSN');
  });

  test('a member with an impossible name or meta does not spoil the push/pull that lists it: the core refuses it alone', () => {
    const nodeOf = (Name: FieldValue, Meta: FieldValue): Bytes => encodeMap({ Addr: alive.addr ?? null, Meta, Name });
    const nodes = [nodeOf(Uint8Array.of(0xc3, 0x28), null), nodeOf('long', new Uint8Array(513)), nodeOf('beta', null)];
    const header = encodeMap({ Nodes: nodes.length });
    const decoded = decodePushPull(concat([Uint8Array.of(6), header, ...nodes]));
    expect(decoded).toMatchObject({ ok: true, value: { nodes: [{ name: '' }, { name: 'long' }, { name: 'beta' }] } });
  });

  test('empty version numbers are fine', () => {
    expect(open(encodeMessage({ ...alive, vsn: new Uint8Array() })).faults).toEqual([]);
  });

  test('an address of any length is read as it is, and is none unless it has 4 or 16 bytes', () => {
    const odd = { ...alive, addr: Uint8Array.of(10, 78, 0) };
    expect(open(encodeMessage(odd)).messages).toEqual([odd]);
    expect(addressOf(odd.addr)).toBeUndefined();
  });

  test('a compression bomb ends in a packet at 64 KiB, the size of the largest datagram', () => {
    const bomb = (size: number): Bytes => compress(new Uint8Array(size).fill(8));
    expect(bomb(MAX_PACKET_BYTES).length).toBeLessThan(600);
    expect(open(bomb(MAX_PACKET_BYTES)).messages).toHaveLength(1);
    expect(codes(open(bomb(MAX_PACKET_BYTES + 1)))).toEqual(['TOO_LARGE']);
  });

  test('many bombs in one packet share that limit', () => {
    const bomb = compress(new Uint8Array(30_000).fill(8));
    const opened = open(encodeCompound(Array.from({ length: 20 }, () => bomb)));
    expect(opened.messages).toHaveLength(2);
    expect(new Set(codes(opened))).toEqual(new Set(['TOO_LARGE']));
  });

  test('a compression bomb ends at 40 MiB in a stream', () => {
    const zeros = new Uint8Array(41_943_040);
    expect(streamCode(compress(zeros))).toBe('BAD_MSGPACK'); // it is no ping, but it was decompressed
    expect(streamCode(compress(new Uint8Array(41_943_041)))).toBe('TOO_LARGE');
  });

  test.each([
    ['compressions', compress],
    ['compounds', (inner: Bytes) => encodeCompound([inner])],
  ])('%s around each other are opened up to a depth of 8', (_, wrap) => {
    expect(open(wrapped(nackBytes, 8, wrap)).messages).toEqual([nack]);
    expect(codes(open(wrapped(nackBytes, 9, wrap)))).toEqual(['TOO_DEEP']);
    expect(codes(open(wrapped(nackBytes, 20, wrap)))).toEqual(['TOO_DEEP']);
  });

  test('compounds within compounds cannot hold more messages than a packet may', () => {
    const small = largeCompound(Array.from({ length: 255 }, () => Uint8Array.of(8)));
    const packet = compress(largeCompound(Array.from({ length: 80 }, () => small)));
    const opened = open(packet);
    expect(opened.messages).toHaveLength(MAX_PACKET_PARTS - 1);
    expect(codes(opened)).toEqual(['TOO_LARGE']);
  });

  test('refusals count as messages do', () => {
    const bad = largeCompound(Array.from({ length: 255 }, () => Uint8Array.of(99)));
    const opened = open(largeCompound(Array.from({ length: 20 }, () => bad)));
    expect(opened.faults).toHaveLength(MAX_PACKET_PARTS);
    expect(opened.faults.at(-1)).toMatchObject({ code: 'TOO_LARGE' });
  });

  const pushPull = (header: Bytes): Bytes => Uint8Array.from([6, ...header]);
  const Nodes = utf8('Nodes');

  test.each([
    ['more than 1,048,576 members', encodeMap({ Nodes: 1_048_577 })],
    ['more than 20 MiB of user state', encodeMap({ UserStateLen: 20_971_521 })],
    ['a number of members beyond 2^53', fromHex(`81a5${Buffer.from(Nodes).toString('hex')}cfffffffffffffffff`)],
    ['minus one member', fromHex(`81a5${Buffer.from(Nodes).toString('hex')}ff`)],
    ['a negative user state', fromHex(`81ac${Buffer.from('UserStateLen').toString('hex')}d3ffffffffffffffff`)],
  ])('a push/pull of %s is refused at its header', (_, header) => {
    expect(streamCode(pushPull(header))).toBe('OUT_OF_RANGE');
  });

  test('members that are announced but do not come cost nothing', () => {
    const reader = new StreamReader(PLAIN);
    const before = process.memoryUsage().arrayBuffers;
    expect(reader.push(pushPull(encodeMap({ Nodes: 65_536, UserStateLen: 20_971_520 })))).toMatchObject({
      ok: true,
    });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1_048_576);
    expect(reader.end()).toMatchObject({ code: 'TRUNCATED' });
  });

  test('more than 20 MiB of encryption are refused at their header', () => {
    const reader = new StreamReader({ keys: [new Uint8Array(16)], verifyIncoming: true });
    expect(reader.push(fromHex('0a01400001'))).toMatchObject({ fault: { code: 'TOO_LARGE' } });
  });

  test('a block too short to be encrypted is refused at its header', () => {
    const reader = new StreamReader({ keys: [new Uint8Array(16)], verifyIncoming: true });
    expect(reader.push(fromHex('0a0000001c'))).toMatchObject({ fault: { code: 'TRUNCATED' } });
  });

  test('a plain stream that never ends is refused at 40 MiB', () => {
    const reader = new StreamReader(PLAIN);
    const unknown = Buffer.concat([encodeMap({ Nodes: 1 }), fromHex('81a158db03000000')]);
    expect(reader.push(pushPull(unknown))).toMatchObject({ fault: { code: 'TOO_LARGE' } });
  });
});
