import { expect, test } from '@jest/globals';
import type { LookupAddress } from 'node:dns';
import { addressLookup } from '../../src/platform/lookup-addresses.js';
import { Lookups } from '../../src/platform/lookup.js';
import { FakeClock } from '../support/time.js';

const never = new AbortController().signal;
const lookup = (resolve: () => Promise<readonly LookupAddress[]>): ReturnType<typeof addressLookup> =>
  addressLookup(new Lookups({ resolve, clock: new FakeClock() }));

test('all addresses of a name are found, each in its one spelling', async () => {
  const find = lookup(() =>
    Promise.resolve([
      { address: '10.0.0.1', family: 4 },
      { address: '::ffff:10.0.0.2', family: 6 },
    ]),
  );
  expect(await find('two', never)).toEqual(['10.0.0.1', '10.0.0.2']);
});

test('an address is its own, without asking anybody', async () => {
  const find = lookup(() => Promise.reject(new Error('asked')));
  expect(await find('2001:DB8::1', never)).toEqual(['2001:db8::1']);
});

test('a name that is not found is refused in the words of the system', async () => {
  const find = lookup(() => Promise.reject(new Error('getaddrinfo ENOTFOUND gone')));
  await expect(find('gone', never)).rejects.toThrow('getaddrinfo ENOTFOUND gone');
});

test('nobody waits longer than the signal says', async () => {
  const find = lookup(() => new Promise(() => undefined));
  const abort = new AbortController();
  const finding = expect(find('silent', abort.signal)).rejects.toThrow('no address for silent in time');
  abort.abort();
  await finding;
  await expect(find('silent', abort.signal)).rejects.toThrow('no address for silent in time');
});
