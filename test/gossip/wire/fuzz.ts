import assert from 'node:assert/strict';
import { createCipheriv } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import type { Result } from '../../../src/lib/result.js';
import { addChecksum, removeChecksum } from '../../../src/gossip/wire/checksum.js';
import { decodeCompound, encodeCompound } from '../../../src/gossip/wire/compound.js';
import { compress, decompress } from '../../../src/gossip/wire/compress.js';
import { decodeMessage } from '../../../src/gossip/wire/decode-message.js';
import { encodeMessage } from '../../../src/gossip/wire/encode-message.js';
import { decrypt, encrypt } from '../../../src/gossip/wire/encryption.js';
import { lzwDecode, lzwEncode } from '../../../src/gossip/wire/lzw.js';
import type { Bytes } from '../../../src/gossip/wire/message.js';
import { decodeMap } from '../../../src/gossip/wire/msgpack.js';
import { MAX_PACKET_BYTES, MAX_PACKET_PARTS, openPacket } from '../../../src/gossip/wire/packet.js';
import { StreamReader, type StreamOpening } from '../../../src/gossip/wire/stream.js';
import { encodeStreamMessage } from '../../../src/gossip/wire/stream-message.js';
import type { WireFault } from '../../../src/gossip/wire/wire-fault.js';
import { captures, fromHex, messagesOf, sidesOf, streamMessageOf, vectorFile } from './vectors.js';

const KEY = fromHex('000102030405060708090a0b0c0d0e0f');
const NONCE = new Uint8Array(12);
const LZW_LIMIT = 65_536;
const NAMES = ['Addr', 'Algo', 'Buf', 'Incarnation', 'Meta', 'Nack', 'Node', 'Payload', 'Port', 'SeqNo', 'Vsn'];

const traffic = captures();
const plainTraffic = traffic.filter(({ key }) => key === undefined);
const packets = plainTraffic.flatMap((capture) => capture.packets.map(({ hex }) => fromHex(hex)));
const messages = traffic.flatMap((capture) =>
  capture.packets.flatMap(({ decoded }) => messagesOf(decoded).map(encodeMessage)),
);
const streams = plainTraffic.flatMap((capture) => sidesOf(capture).map(({ hex }) => fromHex(hex)));
const streamMessages = traffic.flatMap((capture) =>
  sidesOf(capture).map(({ decoded }) => encodeStreamMessage(streamMessageOf(decoded))),
);
const hexesIn = (file: string, field: 'hex' | 'lzwHex'): readonly Bytes[] => {
  const { vectors } = vectorFile(file) as { readonly vectors: readonly Readonly<Record<string, unknown>>[] };
  return vectors.map((vector) => fromHex(vector[field] as string)).filter(({ length }) => length < 3_000);
};

/** A refusal is typed and short; what came in is not repeated in it. */
function checkFault(fault: WireFault): void {
  assert.match(fault.code, /^[A-Z0-9_]+$/);
  assert.ok(fault.detail.length < 100);
}

function valueOf<T>(result: Result<T, WireFault>): T | undefined {
  if (result.ok) return result.value;
  checkFault(result.fault);
  return undefined;
}

const sizeOf = (bytes: Bytes | undefined): number => bytes?.length ?? 0;

const same = (a: Bytes, b: Bytes): void => assert.equal(Buffer.compare(a, b), 0);

function tryMessage(bytes: Bytes): void {
  const message = valueOf(decodeMessage(bytes));
  if (message === undefined) return;
  const encoded = encodeMessage(message);
  const again = valueOf(decodeMessage(encoded));
  same(again === undefined ? new Uint8Array() : encodeMessage(again), encoded);
}

function tryMsgpack(bytes: Bytes): void {
  const map = valueOf(decodeMap(bytes, 0, NAMES));
  if (map === undefined) return;
  assert.ok(map.end <= bytes.length);
  for (const name of NAMES) {
    map.fields.flag(name);
    map.fields.unsigned(name, 0xffff);
    assert.ok(Buffer.byteLength(map.fields.text(name)) <= bytes.length);
    assert.ok(sizeOf(map.fields.blob(name)) <= bytes.length);
  }
}

function tryCompound(bytes: Bytes): void {
  const compound = valueOf(decodeCompound(bytes));
  if (compound === undefined) return;
  const { parts, missing } = compound;
  assert.equal(parts.length + missing, bytes[1]);
  assert.ok(parts.reduce((sum, part) => sum + part.length, 0) <= bytes.length);
}

function tryLzw(bytes: Bytes): void {
  const plain = valueOf(lzwDecode(bytes, LZW_LIMIT));
  if (plain !== undefined) {
    assert.ok(plain.length <= LZW_LIMIT);
    same(valueOf(lzwDecode(lzwEncode(plain), plain.length)) ?? NONCE, plain);
  }
}

function tryCompress(bytes: Bytes): void {
  assert.ok(sizeOf(valueOf(decompress(bytes, LZW_LIMIT))) <= LZW_LIMIT);
}

function tryChecksum(bytes: Bytes): void {
  assert.ok(sizeOf(valueOf(removeChecksum(bytes))) <= bytes.length);
  same(valueOf(removeChecksum(addChecksum(bytes))) ?? NONCE, bytes);
}

function tryEncryption(bytes: Bytes): void {
  assert.equal(valueOf(decrypt(bytes, [KEY])), undefined);
  same(valueOf(decrypt(encrypt(bytes, KEY, undefined, NONCE), [KEY])) ?? NONCE, bytes);
}

/** With a right tag, so that the padding is what the input ends with. */
function tryEncryption0(bytes: Bytes): void {
  const cipher = createCipheriv('aes-128-gcm', KEY, NONCE);
  const sealed = [cipher.update(bytes), cipher.final()];
  const payload = Buffer.concat([Uint8Array.of(0), NONCE, ...sealed, cipher.getAuthTag()]);
  assert.ok(sizeOf(valueOf(decrypt(payload, [KEY]))) <= bytes.length);
  assert.equal(valueOf(decrypt(Uint8Array.of(0, ...bytes), [KEY])), undefined);
}

function tryPacket(bytes: Bytes): void {
  const datagrams = [
    { datagram: bytes, keys: [] },
    { datagram: encrypt(addChecksum(compress(bytes)), KEY, undefined, NONCE), keys: [KEY] },
  ];
  for (const { datagram, keys } of datagrams) {
    const opened = openPacket(datagram, { keys, verifyIncoming: false });
    assert.ok(opened.messages.length + opened.faults.length <= MAX_PACKET_PARTS);
    opened.faults.forEach(checkFault);
    const size = opened.messages.reduce((sum, message) => sum + encodeMessage(message).length, 0);
    assert.ok(size <= MAX_PACKET_BYTES + 200 * MAX_PACKET_PARTS);
  }
}

function tryStream(bytes: Bytes): void {
  const header = Uint8Array.of(10, 0, 0, (bytes.length + 29) >>> 8, bytes.length + 29);
  const plain: StreamOpening = { keys: [], verifyIncoming: true };
  const inputs: readonly (() => readonly [Bytes, StreamOpening])[] = [
    () => [bytes, plain],
    () => [compress(bytes), plain],
    () => [Buffer.concat([header, encrypt(bytes, KEY, header, NONCE)]), { keys: [KEY], verifyIncoming: true }],
  ];
  for (const input of [inputs[0], inputs[bytes.length % inputs.length]]) {
    const [stream, opening] = input?.() ?? [bytes, plain];
    assert.equal(heardFrom(stream, opening, 1 + (bytes.length % 64)), heardFrom(stream, opening, stream.length));
  }
}

/** What a reader says in the end, as text. */
function heardFrom(bytes: Bytes, opening: StreamOpening, chunkBytes: number): string {
  const reader = new StreamReader(opening);
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    const heard = reader.push(bytes.subarray(at, at + chunkBytes));
    if (!heard.ok) break;
    if (heard.value !== undefined) return Buffer.from(encodeStreamMessage(heard.value)).toString('latin1');
  }
  const fault = reader.end();
  assert.ok(fault !== undefined, 'a stream that is whole has a message');
  checkFault(fault);
  return fault.code;
}

interface Decoder {
  readonly name: string;
  readonly corpus: readonly Bytes[];
  /** Runs an input through it and checks what may come out. */
  readonly attempt: (bytes: Bytes) => void;
}

/** Every decoder of the wire, and real input to start from. */
export const DECODERS: readonly Decoder[] = [
  { name: 'msgpack', corpus: messages.map((message) => message.subarray(1)), attempt: tryMsgpack },
  { name: 'message', corpus: [...messages, ...hexesIn('messages.json', 'hex')], attempt: tryMessage },
  {
    name: 'compound',
    corpus: [...hexesIn('compound.json', 'hex'), encodeCompound(messages.slice(0, 20))],
    attempt: tryCompound,
  },
  { name: 'LZW', corpus: hexesIn('lzw.json', 'lzwHex'), attempt: tryLzw },
  { name: 'compress', corpus: hexesIn('compress.json', 'hex'), attempt: tryCompress },
  { name: 'checksum', corpus: packets, attempt: tryChecksum },
  { name: 'encryption version 0', corpus: hexesIn('encryption.json', 'hex'), attempt: tryEncryption0 },
  { name: 'encryption version 1', corpus: hexesIn('encryption.json', 'hex'), attempt: tryEncryption },
  { name: 'packet', corpus: [...packets, encodeCompound(messages.slice(0, 9))], attempt: tryPacket },
  { name: 'stream', corpus: [...streams, ...streamMessages], attempt: tryStream },
];

/** Any bytes, and real ones after some bits flipped, bytes put in, cut off, or replaced by a piece of another. */
function inputs(corpus: readonly Bytes[]): fc.Arbitrary<Bytes> {
  const real = fc.constantFrom(...corpus);
  const place = fc.nat({ max: 0xffff });
  const change = fc.oneof(
    fc.record({ kind: fc.constant('flip' as const), place, bit: fc.nat({ max: 7 }) }),
    fc.record({ kind: fc.constant('insert' as const), place, piece: fc.uint8Array({ minLength: 1, maxLength: 8 }) }),
    fc.record({ kind: fc.constant('truncate' as const), place }),
    fc.record({ kind: fc.constant('splice' as const), place, other: real, from: place }),
  );
  const mutated = fc
    .tuple(real, fc.array(change, { minLength: 1, maxLength: 4 }))
    .map(([bytes, changes]) => changes.reduce(changed, bytes));
  return fc.oneof({ weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }) }, { weight: 3, arbitrary: mutated });
}

type Change =
  | { readonly kind: 'flip'; readonly place: number; readonly bit: number }
  | { readonly kind: 'insert'; readonly place: number; readonly piece: Bytes }
  | { readonly kind: 'truncate'; readonly place: number }
  | { readonly kind: 'splice'; readonly place: number; readonly other: Bytes; readonly from: number };

function changed(bytes: Bytes, change: Change): Bytes {
  const at = change.place % (bytes.length + 1);
  switch (change.kind) {
    case 'flip': {
      const flipped = bytes.slice();
      if (at < bytes.length) flipped[at] = (flipped[at] ?? 0) ^ (1 << change.bit);
      return flipped;
    }
    case 'insert':
      return new Uint8Array(Buffer.concat([bytes.subarray(0, at), change.piece, bytes.subarray(at)]));
    case 'truncate':
      return bytes.slice(0, at);
    case 'splice': {
      const from = change.from % (change.other.length + 1);
      return new Uint8Array(Buffer.concat([bytes.subarray(0, at), change.other.subarray(from)]));
    }
  }
}

/** Tries so many inputs; a failure is shrunk, and told with its seed. */
export function fuzz({ corpus, attempt }: Decoder, numRuns: number): void {
  fc.assert(fc.property(inputs(corpus), attempt), { numRuns });
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Bytes in use, on the heap and beside it, garbage not counted. */
export function memoryInUse(): number {
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
