import { describe, expect, test } from '@jest/globals';
import { decodeMessage } from '../../../src/gossip/wire/decode-message.js';
import { encodeMessage } from '../../../src/gossip/wire/encode-message.js';
import type { Message, PushPull } from '../../../src/gossip/wire/message.js';
import { encodePushPull, decodePushPull, decodePushPullHeader } from '../../../src/gossip/wire/push-pull.js';
import { decodeUserHeader, encodeStreamMessage } from '../../../src/gossip/wire/stream-message.js';
import { fromHex, messageOf, nodeOf, pushPullOf, toHex, vectorFile, type VectorFields } from './vectors.js';

interface Vector {
  readonly name: string;
  readonly type: string;
  readonly typeByte: number | null;
  readonly fields: VectorFields;
  readonly hex: string;
}

const { vectors } = vectorFile('messages.json') as { readonly vectors: readonly Vector[] };
const bodies = (type: string): readonly Vector[] => vectors.filter((vector) => vector.type === type);

function decoded(hex: string): Message {
  const message = decodeMessage(fromHex(hex));
  if (!message.ok) throw new Error(message.fault.detail);
  return message.value;
}

const refusal = (hex: string): string | undefined => {
  const message = decodeMessage(fromHex(hex));
  return message.ok ? undefined : message.fault.code;
};

/** A field name as raw. */
const raw = (text: string): string => (0xa0 + text.length).toString(16) + Buffer.from(text).toString('hex');

describe('messages as the original writes them', () => {
  const messages = vectors.filter(({ typeByte }) => typeByte !== null);

  test.each(messages)('$type, $name: reads and writes the same bytes', ({ type, fields, hex }) => {
    expect(decoded(hex)).toEqual(messageOf(type, fields));
    expect(toHex(encodeMessage(messageOf(type, fields)))).toBe(hex);
  });

  test.each(bodies('pushNodeState'))('a node of a push/pull, $name: reads and writes the same bytes', (vector) => {
    const message: PushPull = {
      type: 'push-pull',
      join: false,
      nodes: [nodeOf(vector.fields)],
      userState: fromHex(''),
    };
    const bytes = encodePushPull(message);
    expect(toHex(bytes).endsWith(vector.hex)).toBe(true);
    expect(decodePushPull(bytes)).toEqual({ ok: true, value: message });
  });

  test.each(bodies('pushPullHeader'))('the header of a push/pull, $name: reads and writes the same bytes', (vector) => {
    const { fields, hex } = vector;
    const nodeCount = Number(fields['Nodes']);
    const userStateBytes = Number(fields['UserStateLen']);
    const { clusterName, join } = pushPullOf(fields, [], fromHex(''));
    const end = 1 + hex.length / 2;
    const header = { clusterName, join, nodeCount, userStateBytes, end };
    expect(decodePushPullHeader(fromHex(`06${hex}`))).toEqual({ ok: true, value: header });

    const node = { name: '', addr: undefined, port: 0, meta: undefined, incarnation: 0, state: 0, vsn: undefined };
    const nodes = Array.from({ length: nodeCount }, () => node);
    const message = { ...pushPullOf(fields, [], new Uint8Array(userStateBytes)), nodes };
    expect(toHex(encodePushPull(message).subarray(1, end))).toBe(hex);
  });

  test.each(bodies('userMsgHeader'))(
    'the header of a user message, $name: reads and writes the same bytes',
    (vector) => {
      const payloadBytes = Number(vector.fields['UserMsgLen']);
      const end = 1 + vector.hex.length / 2;
      expect(decodeUserHeader(fromHex(`08${vector.hex}`))).toEqual({ ok: true, value: { payloadBytes, end } });
      const written = encodeStreamMessage({ type: 'user', payload: new Uint8Array(payloadBytes) });
      expect(toHex(written.subarray(1, end))).toBe(vector.hex);
    },
  );

  test('every kind of vector is tried', () => {
    expect(new Set(vectors.map(({ type }) => type)).size).toBe(10);
  });
});

describe('what a decoder tolerates (PROTOCOL 2)', () => {
  const ping = { type: 'ping', seqNo: 7, node: 'beta' };
  const node = raw('Node');
  const seqNo = raw('SeqNo');
  const beta = raw('beta');

  test.each([
    ['fields in any order', `0082${seqNo}07${node}${beta}`],
    ['map16', `00de0002${node}${beta}${seqNo}07`],
    ['map32', `00df00000002${node}${beta}${seqNo}07`],
    ['str8', `0082${node}d90462657461${seqNo}07`],
    ['bin8', `0082${node}c40462657461${seqNo}07`],
    ['bin16', `0082${node}c5000462657461${seqNo}07`],
    ['bin32', `0082${node}c60000000462657461${seqNo}07`],
    ['raw16', `0082${node}da000462657461${seqNo}07`],
    ['raw32', `0082${node}db0000000462657461${seqNo}07`],
    ['u8', `0082${node}${beta}${seqNo}cc07`],
    ['u16', `0082${node}${beta}${seqNo}cd0007`],
    ['u32', `0082${node}${beta}${seqNo}ce00000007`],
    ['u64', `0082${node}${beta}${seqNo}cf0000000000000007`],
    ['i8', `0082${node}${beta}${seqNo}d007`],
    ['i16', `0082${node}${beta}${seqNo}d10007`],
    ['i32', `0082${node}${beta}${seqNo}d200000007`],
    ['i64', `0082${node}${beta}${seqNo}d30000000000000007`],
    ['bytes after the map', `0082${node}${beta}${seqNo}07ffffff`],
    ['an unknown nil', `0083${raw('X')}c0${node}${beta}${seqNo}07`],
    ['an unknown float', `0083${raw('X')}ca01020304${node}${beta}${seqNo}07`],
    ['an unknown double', `0083${raw('X')}cb0102030405060708${node}${beta}${seqNo}07`],
    ['unknown nested values', `0083${raw('X')}82a14193c0c2a1ff0192909f${'01'.repeat(15)}${node}${beta}${seqNo}07`],
    ['an unknown fixext', `0083${raw('X')}d6ff01020304${node}${beta}${seqNo}07`],
    ['an unknown ext8', `0083${raw('X')}c702ff0102${node}${beta}${seqNo}07`],
    ['a field that begins like a known one', `0083${raw('Nodes')}01${node}${beta}${seqNo}07`],
    ['a field twice: the last counts', `0083${seqNo}01${node}${beta}${seqNo}07`],
    ['1,022 unknown fields', `00de0400${'a0c0'.repeat(1022)}${node}${beta}${seqNo}07`],
    ['array16 and map32 in between', `0083${raw('X')}dc0002c0df00000001a14101${node}${beta}${seqNo}07`],
  ])('%s', (_, hex) => {
    expect(decoded(hex)).toEqual(ping);
  });

  test('a missing field is its zero value, and nil is, too', () => {
    const nothing = { type: 'indirect-ping', seqNo: 0, node: '', port: 0, nack: false, target: undefined };
    expect(decoded('0180')).toEqual(nothing);
    const names = ['Nack', 'Node', 'Port', 'SeqNo', 'SourceAddr', 'SourceNode', 'SourcePort', 'Target'];
    expect(decoded(`0188${names.map((name) => `${raw(name)}c0`).join('')}`)).toEqual(nothing);
    expect(decoded(`0481${raw('ClusterName')}c0`)).not.toHaveProperty('clusterName');
  });

  test('a bool may be an integer, 0 or 1 only', () => {
    expect(decoded(`0181${raw('Nack')}01`)).toMatchObject({ nack: true });
    expect(decoded(`0181${raw('Nack')}cc00`)).toMatchObject({ nack: false });
    expect(refusal(`0181${raw('Nack')}02`)).toBe('WRONG_KIND');
  });

  test('nil and empty are two things for bytes', () => {
    expect(decoded(`0281${raw('Payload')}c0`)).toEqual({ type: 'ack', seqNo: 0, payload: undefined });
    expect(decoded(`0281${raw('Payload')}a0`)).toEqual({ type: 'ack', seqNo: 0, payload: new Uint8Array() });
  });

  test('the ends of the ranges are in', () => {
    expect(decoded(`0081${seqNo}cf00000000ffffffff`)).toMatchObject({ seqNo: 4_294_967_295 });
    expect(decoded(`0481${raw('Port')}cdffff`)).toMatchObject({ port: 65_535 });
  });
});

describe('what a decoder refuses', () => {
  const seqNo = raw('SeqNo');

  test.each([
    ['SeqNo of 2^32', `0081${seqNo}cf0000000100000000`, 'OUT_OF_RANGE'],
    ['SeqNo of 2^64 - 1', `0081${seqNo}cfffffffffffffffff`, 'OUT_OF_RANGE'],
    ['SeqNo of -1 in one byte', `0081${seqNo}ff`, 'OUT_OF_RANGE'],
    ['SeqNo of -1 in 64 bits', `0081${seqNo}d3ffffffffffffffff`, 'OUT_OF_RANGE'],
    ['SeqNo of -128', `0081${seqNo}d080`, 'OUT_OF_RANGE'],
    ['Port of 65536', `0481${raw('Port')}ce00010000`, 'OUT_OF_RANGE'],
    ['a float for an integer', `0081${seqNo}ca00000000`, 'WRONG_KIND'],
    ['a string for an integer', `0081${seqNo}a131`, 'WRONG_KIND'],
    ['an array for bytes', `0281${raw('Payload')}9101`, 'WRONG_KIND'],
    ['a number for a string', `0081${raw('Node')}01`, 'WRONG_KIND'],
    ['a name that is not UTF-8', `0081${raw('Node')}a2c328`, 'NOT_UTF8'],
    ['a meta of 513 bytes', `0481${raw('Meta')}da0201${'61'.repeat(513)}`, 'TOO_LARGE'],
    ['a body that is no map', '0091a0', 'BAD_MSGPACK'],
    ['a field name that is no string', '00810101', 'BAD_MSGPACK'],
    ['the byte that msgpack reserves', `0081${seqNo}c1`, 'BAD_MSGPACK'],
    ['no body', '00', 'TRUNCATED'],
    ['a map without its end', `0082${seqNo}07`, 'TRUNCATED'],
    ['a string without its end', `0081${raw('Node')}a46265`, 'TRUNCATED'],
    ['an integer without its end', `0081${seqNo}cd01`, 'TRUNCATED'],
    ['more values than bytes', `0081${raw('X')}ddffffffff`, 'TOO_LARGE'],
    ['a map of 1,025 fields', `00de0401${'a0c0'.repeat(1025)}`, 'TOO_LARGE'],
    ['nothing', '', 'EMPTY'],
    ['a push/pull', '0680', 'MISPLACED_TYPE'],
    ['a type that nobody knows', '0e80', 'UNKNOWN_TYPE'],
    ['a label', 'f4016c0080', 'UNKNOWN_TYPE'],
  ])('%s', (_, hex, code) => {
    expect(refusal(hex)).toBe(code);
  });

  test('it goes through a million nested arrays without descending', () => {
    expect(refusal(`0081${raw('X')}${'91'.repeat(1_000_000)}`)).toBe('TRUNCATED');
    expect(decoded(`0081${raw('X')}${'91'.repeat(1_000_000)}c0`)).toMatchObject({ type: 'ping' });
  });

  test('no message keeps the packet alive that it came in', () => {
    const packet = fromHex(`0481${raw('Meta')}a26869`);
    const message = decodeMessage(packet);
    packet.fill(0);
    expect(message).toMatchObject({ value: { meta: fromHex('6869') } });
  });
});
