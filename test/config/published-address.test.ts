import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { publishedAddress, type InterfaceAddress } from '../../src/config/published-address.js';

const at = (name: string, address: string): InterfaceAddress => ({
  interface: name,
  address,
  family: address.includes(':') ? 'IPv6' : 'IPv4',
  internal: name === 'lo',
});
const LO = at('lo', '127.0.0.1');
const NOTHING = { advertiseIp: undefined, excludeIps: [], seeds: [] };
const SEEDS = [{ host: 'a', port: undefined }];

describe('the published address', () => {
  test('is advertise_ip if it is given', () => {
    const result = publishedAddress({ ...NOTHING, advertiseIp: '203.0.113.9' }, [LO, at('eth0', '10.0.0.1')]);
    expect(result).toEqual({ ok: true, value: { address: '203.0.113.9', warning: undefined } });
  });

  test.each([
    ['10.0.0.1', ['10.0.0.1', '192.168.1.1']],
    ['172.16.0.1', ['172.15.255.255', '172.32.0.1', '172.16.0.1']],
    ['172.31.255.254', ['172.31.255.254']],
    ['192.168.0.9', ['192.169.0.1', '11.0.0.1', '192.168.0.9', '10.0.0.1']],
  ])('is %s, the first private one of %j', (address, all) => {
    const result = publishedAddress({ ...NOTHING, seeds: SEEDS }, [LO, ...all.map((one) => at('eth0', one))]);
    expect(result).toEqual({ ok: true, value: { address, warning: undefined } });
  });

  test('is never one of exclude_ips, compared letter by letter', () => {
    const addresses = [at('lo', '192.168.168.168'), at('eth0', '10.0.0.1'), at('eth1', '10.0.0.2')];
    const excludeIps = ['192.168.168.168', '10.0.0.1', '10.0.0.02'];
    expect(publishedAddress({ ...NOTHING, excludeIps }, addresses)).toMatchObject({ value: { address: '10.0.0.2' } });
  });

  test.each([
    ['2001:db8::1', ['fe80::1', '2001:db8::1', '203.0.113.1']],
    ['203.0.113.1', ['169.254.1.1', '203.0.113.1', '2001:db8::1']],
  ])('is %s with a warning when only %j are there', (address, all) => {
    const result = publishedAddress(NOTHING, [LO, at('lo', '::1'), ...all.map((one) => at('eth0', one))]);
    expect(result).toMatchObject({ ok: true, value: { address, warning: { code: 'ADDRESS_NOT_PRIVATE' } } });
  });

  test('is loopback for an agent that stands alone on a host without network', () => {
    expect(publishedAddress(NOTHING, [LO])).toEqual({ ok: true, value: { address: '127.0.0.1', warning: undefined } });
  });

  test('is loopback when every seed is on this host, too', () => {
    const seeds = ['127.0.0.2', '::1', 'localhost'].map((host) => ({ host, port: 7946 }));
    const result = publishedAddress({ ...NOTHING, seeds }, [LO]);
    expect(result).toEqual({ ok: true, value: { address: '127.0.0.1', warning: undefined } });
    const elsewhere = publishedAddress({ ...NOTHING, seeds: [...seeds, ...SEEDS] }, [LO]);
    expect(elsewhere).toMatchObject({ ok: false, fault: { code: 'NO_USABLE_ADDRESS' } });
  });

  test('is a fault when there are seeds that could never answer', () => {
    const result = publishedAddress({ ...NOTHING, seeds: SEEDS }, [LO, at('eth0', 'fe80::1')]);
    expect(result).toMatchObject({ ok: false, fault: { code: 'NO_USABLE_ADDRESS' } });
  });

  test('is always one of the host, or loopback', () => {
    const addresses = fc.array(fc.oneof(fc.ipV4(), fc.ipV6()).map((address) => at('eth0', address)));
    fc.assert(
      fc.property(addresses, (all) => {
        const result = publishedAddress(NOTHING, all);
        expect(['127.0.0.1', ...all.map(({ address }) => address)]).toContain(result.ok && result.value.address);
      }),
    );
  });
});
