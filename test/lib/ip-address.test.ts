import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { addressBytes, addressOf } from '../../src/gossip/wire/address.js';
import { canonicalAddress, formatAddress } from '../../src/lib/ip-address.js';

describe('the one spelling of an address', () => {
  test.each([
    ['10.0.0.1', '10.0.0.1'],
    ['::ffff:10.0.0.1', '10.0.0.1'],
    ['::FFFF:10.0.0.1', '10.0.0.1'],
    ['0:0:0:0:0:ffff:0a00:0001', '10.0.0.1'],
    ['2001:DB8:0:0::01', '2001:db8::1'],
    ['::', '::'],
    ['fe80::1%eth0', 'fe80::1%eth0'],
    ['no address', 'no address'],
  ])('of %s is %s', (literal, spelled) => {
    expect(canonicalAddress(literal)).toBe(spelled);
  });

  test('is the one that the wire has', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (literal) => {
        expect(canonicalAddress(literal)).toBe(addressOf(addressBytes(literal)));
      }),
    );
  });
});

test('a port is set apart from either kind of address', () => {
  expect(formatAddress({ address: '10.0.0.1', port: 7946 })).toBe('10.0.0.1:7946');
  expect(formatAddress({ address: '::1', port: 7946 })).toBe('[::1]:7946');
});
