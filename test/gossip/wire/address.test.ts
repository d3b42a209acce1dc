import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { addressBytes, addressOf } from '../../../src/gossip/wire/address.js';
import { fromHex, toHex } from './vectors.js';

describe('addresses', () => {
  test.each([
    ['10.78.0.12', '0a4e000c'],
    ['0.0.0.0', '00000000'],
    ['fd00::12', 'fd000000000000000000000000000012'],
    ['::', '00000000000000000000000000000000'],
    ['::1', '00000000000000000000000000000001'],
    ['2001:db8::1:0:0:1', '20010db8000000000001000000000001'],
    ['2001:0:0:1::', '20010000000000010000000000000000'],
    ['1:2:3:4:5:6:7:8', '00010002000300040005000600070008'],
  ])('%s has one text and one row of bytes', (text, hex) => {
    expect(addressOf(fromHex(hex))).toBe(text);
    expect(toHex(addressBytes(text))).toBe(hex);
  });

  test('an IPv4 address that comes as IPv6 is IPv4, and leaves as IPv4', () => {
    expect(addressOf(fromHex('00000000000000000000ffff0a4e000c'))).toBe('10.78.0.12');
    expect(toHex(addressBytes('::ffff:10.78.0.12'))).toBe('0a4e000c');
    expect(toHex(addressBytes('::ffff:a4e:c'))).toBe('0a4e000c');
  });

  test('a long or capital spelling, an embedded IPv4 and a zone are understood', () => {
    expect(toHex(addressBytes('2001:0DB8:0:0:0:0:0:A'))).toBe('20010db800000000000000000000000a');
    expect(toHex(addressBytes('64:ff9b::192.0.2.1'))).toBe('0064ff9b0000000000000000c0000201');
    expect(toHex(addressBytes('fe80::1%eth0'))).toBe('fe800000000000000000000000000001');
  });

  test('any 16 bytes come back from their text', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(0, 0, 0, 1, 255), { minLength: 16, maxLength: 16 }), (list) => {
        const bytes = Uint8Array.from(list);
        const text = addressOf(bytes) ?? '';
        expect(addressOf(addressBytes(text))).toBe(text);
        if (text.includes(':')) expect(addressBytes(text)).toEqual(bytes);
      }),
    );
  });

  test.each([0, 1, 3, 5, 15, 17])('%i bytes are no address', (length) => {
    expect(addressOf(new Uint8Array(length))).toBeUndefined();
  });

  test('no bytes are no address, and a name is a mistake of the caller', () => {
    expect(addressOf(undefined)).toBeUndefined();
    expect(() => addressBytes('localhost')).toThrow('an address is an IP literal');
  });
});
