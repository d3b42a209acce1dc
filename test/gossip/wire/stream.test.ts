import { describe, expect, test } from '@jest/globals';
import { compress } from '../../../src/gossip/wire/compress.js';
import { encrypt, ENCRYPTION_BYTES } from '../../../src/gossip/wire/encryption.js';
import type { Bytes, PushPull, StreamMessage } from '../../../src/gossip/wire/message.js';
import { encodeStream, StreamReader, type StreamOpening } from '../../../src/gossip/wire/stream.js';
import { fromHex, messageOf, pushPullOf, toHex, utf8, vectorFile, type VectorFields } from './vectors.js';

interface Vector {
  readonly name: string;
  readonly kind: 'pushPull' | 'ping' | 'ack' | 'user';
  readonly header?: VectorFields;
  readonly nodes?: readonly VectorFields[];
  readonly userState?: string;
  readonly fields?: VectorFields;
  readonly userMsg?: string;
  readonly compression: boolean;
  readonly encryptionVersion: 0 | 1 | null;
  readonly key?: string;
  readonly nonce?: string;
  readonly hex: string;
}

const { vectors } = vectorFile('streams.json') as { readonly vectors: readonly Vector[] };

const PLAIN: StreamOpening = { keys: [], verifyIncoming: true };
const PLAIN_SEAL = { compress: false, key: undefined };
const key = new Uint8Array(16).fill(1);
const ack: StreamMessage = { type: 'ack', seqNo: 7, payload: undefined };
const encryptedBytes = encodeStream(ack, { compress: false, key });

function messageOfVector({
  kind,
  header = {},
  nodes = [],
  userState = '',
  fields = {},
  userMsg = '',
}: Vector): StreamMessage {
  if (kind === 'pushPull') return pushPullOf(header, nodes, utf8(userState));
  return kind === 'user' ? { type: 'user', payload: utf8(userMsg) } : (messageOf(kind, fields) as StreamMessage);
}

/** What a reader makes of it in chunks of this size; the last answer counts. */
function read(bytes: Bytes, opening = PLAIN, chunkBytes = bytes.length): ReturnType<StreamReader['push']> {
  const reader = new StreamReader(opening);
  let last = reader.push(new Uint8Array());
  for (let at = 0; at < bytes.length; at += chunkBytes) last = reader.push(bytes.subarray(at, at + chunkBytes));
  return last;
}

const codeOf = (bytes: Bytes, opening = PLAIN): string | undefined => {
  const result = read(bytes, opening);
  return result.ok ? undefined : result.fault.code;
};

describe('streams', () => {
  test.each(vectors)('$name: reads in chunks of any size, and is written as it was', (vector) => {
    const { hex, compression, encryptionVersion, nonce } = vector;
    const keys = vector.key === undefined ? [] : [fromHex(vector.key)];
    const value = messageOfVector(vector);
    for (const chunkBytes of [1, 2, 7, 100, 65_536]) {
      expect(read(fromHex(hex), { keys, verifyIncoming: true }, chunkBytes)).toEqual({ ok: true, value });
    }
    if (encryptionVersion === 0) return; // read, but never written
    const seal = { compress: compression, key: keys[0] };
    expect(toHex(encodeStream(value, seal, nonce === undefined ? undefined : fromHex(nonce)))).toBe(hex);
  });

  test("upstream's reason for a refusal is read and written", () => {
    const message: StreamMessage = { type: 'err', error: 'no such cluster' };
    const bytes = encodeStream(message, PLAIN_SEAL);
    expect(toHex(bytes)).toBe(`0d81a5${toHex(utf8('Error'))}af${toHex(utf8('no such cluster'))}`);
    expect(read(bytes)).toEqual({ ok: true, value: message });
  });

  test('a message of many members and 20 MiB of user state comes whole, in chunks of 1 KiB', () => {
    const node = { name: 'n', addr: undefined, port: 1, meta: undefined, incarnation: 1, state: 0, vsn: undefined };
    const nodes = Array.from({ length: 2_000 }, (_, incarnation) => ({ ...node, incarnation }));
    const userState = new Uint8Array(20_971_520).fill(7);
    const message: PushPull = { type: 'push-pull', join: true, nodes, userState };
    const result = read(encodeStream(message, PLAIN_SEAL), PLAIN, 1024);
    const got = result.ok ? result.value : undefined;
    expect(got).toMatchObject({ type: 'push-pull', join: true, nodes });
    expect(Buffer.compare((got as PushPull).userState, userState)).toBe(0);
  });

  test('the chunk may be used again', () => {
    const reader = new StreamReader(PLAIN);
    const chunk = new Uint8Array(1);
    const messages = [...encodeStream(ack, PLAIN_SEAL)].map((byte) => {
      chunk[0] = byte;
      return reader.push(chunk);
    });
    expect(messages.at(-1)).toEqual({ ok: true, value: ack });
  });

  test('a message is handed over once, and what follows it is ignored', () => {
    const reader = new StreamReader(PLAIN);
    expect(reader.push(Buffer.concat([encodeStream(ack, PLAIN_SEAL), utf8('more')]))).toEqual({ ok: true, value: ack });
    expect(reader.push(utf8('and more'))).toEqual({ ok: true, value: undefined });
    expect(reader.end()).toBeUndefined();
  });

  test('a refusal stays', () => {
    const reader = new StreamReader(PLAIN);
    expect(reader.push(Uint8Array.of(99))).toMatchObject({ fault: { code: 'UNKNOWN_TYPE' } });
    expect(reader.push(encodeStream(ack, PLAIN_SEAL))).toMatchObject({ fault: { code: 'UNKNOWN_TYPE' } });
    expect(reader.end()).toMatchObject({ code: 'UNKNOWN_TYPE' });
  });

  test('an end before the message is whole is told from an end without a word', () => {
    const bytes = encodeStream(ack, PLAIN_SEAL);
    expect(new StreamReader(PLAIN).end()).toMatchObject({ code: 'EMPTY' });
    for (let length = 1; length < bytes.length; length += 1) {
      const reader = new StreamReader(PLAIN);
      expect(reader.push(bytes.subarray(0, length))).toEqual({ ok: true, value: undefined });
      expect(reader.end()).toMatchObject({ code: 'TRUNCATED' });
    }
  });

  test('with a key a plain stream is refused at its first byte, unless that is allowed', () => {
    expect(codeOf(Uint8Array.of(6), { keys: [key], verifyIncoming: true })).toBe('NOT_ENCRYPTED');
    const bytes = encodeStream(ack, { compress: true, key: undefined });
    expect(read(bytes, { keys: [key], verifyIncoming: false })).toEqual({ ok: true, value: ack });
  });

  test('without a key an encrypted stream is refused at its first byte', () => {
    expect(codeOf(Uint8Array.of(10))).toBe('NO_KEY');
  });

  test('an encrypted stream that no key opens is refused even where plain ones are allowed', () => {
    const bytes = encodeStream(ack, { compress: false, key: new Uint8Array(32) });
    expect(codeOf(bytes, { keys: [key], verifyIncoming: false })).toBe('BAD_ENCRYPTION');
  });

  test('the length of a block is authenticated', () => {
    const bytes = encodeStream(ack, { compress: false, key });
    bytes[4] = (bytes[4] ?? 0) - 1;
    expect(codeOf(bytes, { keys: [key], verifyIncoming: true })).toBe('BAD_ENCRYPTION');
  });

  test.each([
    ['a compound', '07', 'MISPLACED_TYPE'],
    ['an alive message', '04', 'MISPLACED_TYPE'],
    ['a checksum', '0c', 'MISPLACED_TYPE'],
    ['a label', 'f4', 'UNKNOWN_TYPE'],
    ['more than 20 MiB of user message', '0881aa557365724d73674c656ece01400001', 'OUT_OF_RANGE'],
    ['a user message of negative length', '0881aa557365724d73674c656eff', 'OUT_OF_RANGE'],
    ['a ping that grows beyond any map', `0081a158da${'ff'.repeat(70_000)}`, 'TOO_LARGE'],
  ])('%s is refused', (_, hex, code) => {
    expect(codeOf(fromHex(hex))).toBe(code);
  });

  test('within an encrypted block or a compression there is no second one', () => {
    const compressed = encodeStream(ack, { compress: true, key: undefined });
    expect(codeOf(compress(compressed))).toBe('MISPLACED_TYPE');
    const header = Uint8Array.of(10, 0, 0, 0, encryptedBytes.length + ENCRYPTION_BYTES);
    const twice = Uint8Array.from([...header, ...encrypt(encryptedBytes, key, header)]);
    expect(codeOf(twice, { keys: [key], verifyIncoming: true })).toBe('MISPLACED_TYPE');
  });
});
