import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Message, PushPullNode } from '../../../src/gossip/wire/message.js';
import { pushPull } from './support/claims.js';
import { messagesOf } from './support/packet.js';
import { cluster } from './support/world.js';

const u32 = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.constantFrom(0xffff_fffe, 0xffff_ffff));
const name = fc.constantFrom('', 'a', 'b', 'c', 'ü', 'x'.repeat(300));
const bytes = fc.option(fc.uint8Array({ maxLength: 17 }), { nil: undefined });
const address = fc.oneof(fc.constantFrom(Uint8Array.of(10, 0, 0, 1), Uint8Array.of(10, 0, 0, 2), undefined), bytes);
const vsn = fc.oneof(fc.constantFrom(Uint8Array.of(1, 5, 2, 0, 0, 0), undefined), bytes);
const port = fc.constantFrom(0, 1, 7946, 65_535);
const meta = fc.option(fc.uint8Array({ maxLength: 600 }), { nil: undefined });
const accusation = { incarnation: u32, node: name, from: name, clusterName: fc.constantFrom('default', 'prod') };

const message: fc.Arbitrary<Message> = fc.oneof(
  fc.record({ type: fc.constant('ping' as const), seqNo: u32, node: name }),
  fc.record({
    type: fc.constant('indirect-ping' as const),
    seqNo: u32,
    target: address,
    port,
    node: name,
    nack: fc.boolean(),
  }),
  fc.record({ type: fc.constant('ack' as const), seqNo: u32, payload: bytes }),
  fc.record({ type: fc.constant('nack' as const), seqNo: u32 }),
  fc.record({ type: fc.constantFrom('suspect' as const, 'dead' as const), ...accusation }),
  fc.record({
    type: fc.constant('alive' as const),
    incarnation: u32,
    node: name,
    addr: address,
    port,
    meta,
    vsn,
    clusterName: accusation.clusterName,
  }),
);
const listedNode: fc.Arbitrary<PushPullNode> = fc.record({
  name,
  addr: address,
  port,
  meta,
  incarnation: u32,
  state: fc.integer({ min: -1, max: 5 }),
  vsn,
});

test('nothing that peers may say, in whatever order, throws, is passed on broken, or stops the clockwork', () => {
  const heard = fc.oneof(message, fc.array(listedNode, { maxLength: 5 }));
  fc.assert(
    fc.property(fc.array(heard, { maxLength: 30 }), (said) => {
      const world = cluster(['a', 'b']);
      const a = world.host('a');
      for (const one of said) {
        if (Array.isArray(one)) a.node.onPushPull(pushPull(one), world.host('b').place, world.now);
        else if (!('length' in one)) a.hears(one, world.host('b').place);
        world.advance(150);
        expect(a.node.nextDeadline()).toBeGreaterThan(world.now);
      }
      for (const { message: packet } of a.packets) {
        expect(packet.length).toBeLessThanOrEqual(1400);
        expect(messagesOf(packet).length).toBeGreaterThan(0);
      }
      expect(a.stateOf('a')).toBe('alive');
    }),
    { numRuns: 200, seed: 7 },
  );
});
