import { beforeEach, describe, expect, test } from '@jest/globals';
import { DriverCounters } from '../../../src/gossip/driver/counters.js';
import { FaultTally } from '../../../src/gossip/driver/fault-tally.js';
import { Keyring, type KeyringOptions } from '../../../src/gossip/driver/keyring.js';
import { Packets } from '../../../src/gossip/driver/packets.js';
import type { StreamFault } from '../../../src/gossip/driver/stream-fault.js';
import { sealPacket } from '../../../src/gossip/wire/packet.js';
import type { UdpSocket } from '../../../src/lib/udp-socket.js';
import { silent } from '../../support/log.js';
import { PLAIN } from './support/real.js';

const KEY = Buffer.alloc(16, 1);
const PEER = { address: '10.0.0.2', port: 7946 };
const NEWS = Buffer.from('\x08{"news":true}');
const CHECKSUM = 12;

let counters: DriverCounters;
let faults: FaultTally;
let told: StreamFault['code'][];
/** What was handed to the system, and how it answers. */
let sent: { readonly datagram: Uint8Array; readonly done: (errno: string | undefined) => void }[];
const socket: UdpSocket = {
  port: 7946,
  send: (datagram, _to, done) => void sent.push({ datagram, done }),
  close: () => Promise.resolve(),
};

beforeEach(() => {
  counters = new DriverCounters();
  faults = new FaultTally(silent);
  [told, sent] = [[], []];
});

const packets = (keyring: Partial<KeyringOptions> = {}): Packets =>
  new Packets(
    { compress: true },
    {
      keyring: new Keyring({ ...PLAIN, ...keyring }),
      counters,
      faults,
      onFault: ({ code }) => void told.push(code),
    },
  );

describe('sending', () => {
  test('a packet is sealed once for those that know the checksum, once for the others', () => {
    const receivers = [true, false, true, false].map((checksum) => ({ ...PEER, checksum }));
    packets({ keys: [KEY] }).send(socket, receivers, NEWS);
    const [one, two, three, four] = sent.map(({ datagram }) => datagram);
    expect([three, four]).toEqual([one, two]);
    expect(one).not.toEqual(two);
  });

  test('the checksum is for those that know it', () => {
    packets().send(
      socket,
      [
        { ...PEER, checksum: true },
        { ...PEER, checksum: false },
      ],
      NEWS,
    );
    expect(sent.map(({ datagram }) => datagram[0])).toEqual([CHECKSUM, 8]);
  });

  test('what the system has not taken is bounded: more is dropped and counted, until it takes again', () => {
    const one = packets();
    const send = (): void => one.send(socket, [{ ...PEER, checksum: false }], NEWS);
    for (let i = 0; i < 1030; i += 1) send();
    expect([sent.length, counters.packetsDropped]).toEqual([1024, 6]);
    sent[0]?.done(undefined);
    send();
    expect(sent).toHaveLength(1025);
    expect([counters.packetsOut, counters.packetBytesOut]).toEqual([1, NEWS.length]);
  });

  test.each(['EMSGSIZE', 'ENETUNREACH', 'ECONNREFUSED'])('a refusal of the system (%s) is counted', (errno) => {
    packets().send(socket, [{ ...PEER, checksum: false }], NEWS);
    sent[0]?.done(errno);
    expect([counters.packetsFailed, counters.packetsOut]).toEqual([1, 0]);
    expect(faults.counts.get(`PACKET_${errno}`)).toBe(1);
  });

  test('without the key that is asked for nothing is sent', () => {
    packets({ hasFile: true }).send(socket, [{ ...PEER, checksum: false }], NEWS);
    expect([sent.length, counters.packetsDropped, faults.counts.get('PACKET_LOCKED')]).toEqual([0, 1, 1]);
  });
});

describe('receiving', () => {
  const seal = (key: Uint8Array | undefined): Uint8Array => sealPacket(NEWS, { compress: false, checksum: true, key });
  const payloads = (datagram: Uint8Array, keyring: Partial<KeyringOptions>): readonly string[] =>
    packets(keyring)
      .open(datagram, PEER)
      .map((message) => (message.type === 'user' ? Buffer.from(message.payload).toString() : message.type));

  test('what was sealed is opened', () => {
    expect(payloads(seal(KEY), { keys: [Buffer.alloc(32, 2), KEY] })).toEqual(['{"news":true}']);
    expect([counters.packetsIn, told]).toEqual([1, []]);
  });

  test('plain packets are refused with a key, unless incoming is not verified', () => {
    expect(payloads(seal(undefined), { keys: [KEY] })).toEqual([]);
    expect(told).toEqual(['BAD_ENCRYPTION']);
    expect(payloads(seal(undefined), { keys: [KEY], verifyIncoming: false })).toEqual(['{"news":true}']);
  });

  test('while our own keys cannot be read, nothing is accepted', () => {
    expect(payloads(seal(KEY), { hasFile: true })).toEqual([]);
    expect(faults.counts.get('PACKET_LOCKED')).toBe(1);
  });
});
