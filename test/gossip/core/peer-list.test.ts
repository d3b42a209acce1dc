import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parsePeers, peersText } from '../../../src/gossip/core/peer-list.js';

const peer = fc.record({
  name: fc.stringMatching(/^[a-z0-9-]{1,20}$/),
  address: fc.oneof(fc.ipV4(), fc.constant('fd00::7')),
  port: fc.integer({ min: 1, max: 65_535 }),
});

describe('known peers on disk', () => {
  test('what is written is read again', () => {
    fc.assert(
      fc.property(fc.array(peer), (peers) => {
        expect(parsePeers(peersText(peers))).toEqual({ ok: true, value: peers });
      }),
    );
  });

  test('any text is a list or a refusal, never an exception', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => typeof parsePeers(text).ok === 'boolean'));
  });

  test.each([
    ['', 'it is not JSON'],
    ['{}', 'it is not a list'],
    ['[null]', 'item 0 is no { name, address, port }'],
    ['[{"name":"a","address":"10.0.0.1","port":1},{"name":"b","address":"host","port":1}]', 'item 1 is no'],
    ['[{"name":"","address":"10.0.0.1","port":1}]', 'item 0 is no'],
    ['[{"name":"a","address":"10.0.0.1","port":0}]', 'item 0 is no'],
    ['[{"name":"a","address":"10.0.0.1","port":"1"}]', 'item 0 is no'],
  ])('%s is refused: %s', (text, fault) => {
    const parsed = parsePeers(text);
    expect(parsed.ok ? 'a list' : parsed.fault).toContain(fault);
  });
});
