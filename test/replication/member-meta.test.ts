import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { memberMeta, readHttpDoor, readMemberMeta } from '../../src/replication/member-meta.js';

const DOOR = { port: 7777, isTls: false };
const text = (meta: Uint8Array): string => Buffer.from(meta).toString();

describe('member metadata', () => {
  test('begin as the original has them, byte for byte, and go on with what only ours read', () => {
    expect(text(memberMeta('a<b', DOOR))).toBe(
      '{"ClusterName":"a\\u003cb","State":"Running","HttpPort":7777,"HttpTls":false}',
    );
    const more = memberMeta('test', { port: 443, isTls: true }, () => ({ View: 'x' }));
    expect(text(more)).toBe('{"ClusterName":"test","State":"Running","HttpPort":443,"HttpTls":true,"View":"x"}');
  });

  test('are at most 512 bytes of JSON whatever the cluster is called, and leave what is more exactly the rest', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 700 }), fc.integer({ min: 0, max: 65_535 }), (name, port) => {
        const full = memberMeta(name, { port, isTls: true }, (room) =>
          room < 7 ? {} : { M: 'x'.repeat(room - ',"M":""'.length) },
        );
        expect(full.length).toBeLessThanOrEqual(512);
        expect(full.length).toBeGreaterThan(512 - 7);
        expect(readMemberMeta(full)).toMatchObject({ State: 'Running', HttpPort: port, HttpTls: true });
      }),
    );
  });

  test('do without the name of a cluster that is too long', () => {
    expect(text(memberMeta('x'.repeat(500), DOOR))).toBe('{"State":"Running","HttpPort":7777,"HttpTls":false}');
  });
});

describe('metadata of a peer', () => {
  test.each([
    ['nothing', ''],
    ['no JSON', '{"ClusterName":'],
    ['no object', '["View"]'],
    ['null', 'null'],
    ['more than a peer may say', JSON.stringify({ View: 'x'.repeat(600) })],
  ])('say nothing when they are %s', (_, meta) => {
    expect(readMemberMeta(Buffer.from(meta))).toEqual({});
  });

  test('say where its HTTP API is, unless that cannot be', () => {
    expect(readHttpDoor(memberMeta('test', { port: 443, isTls: true }))).toEqual({ port: 443, isTls: true });
    const told = [
      '{"HttpPort":65535}',
      '{}',
      '{"HttpPort":0}',
      '{"HttpPort":65536}',
      '{"HttpPort":"80"}',
      '{"HttpPort":1.5}',
    ];
    const [last, ...refused] = told.map((meta) => readHttpDoor(Buffer.from(meta)));
    expect([last, new Set(refused)]).toEqual([{ port: 65_535, isTls: false }, new Set([undefined])]);
  });

  test('never break the reader', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
        expect(typeof readMemberMeta(bytes)).toBe('object');
      }),
    );
  });
});
