import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { statsdLine, StatsdPackets, type StatsdType } from '../../src/metrics/statsd-packets.js';

const CAPTURED = readFileSync('test/fixtures/contract/stats/statsd-single-node.txt', 'utf8')
  .split('--- first lines as sent\n')[1]!
  .split('\n')
  .filter((line) => line !== '');

/** Datagrams that wait, as texts. */
function taken(packets: StatsdPackets): readonly string[] {
  const texts: string[] = [];
  for (let packet = packets.take(); packet; packet = packets.take()) texts.push(packet.toString());
  return texts;
}

describe('a line for statsd', () => {
  test('is written as the original writes it, byte by byte', () => {
    expect(CAPTURED.length).toBeGreaterThan(30);
    const written = CAPTURED.map((line) => {
      const [, name = '', value = '', type = ''] = /^(.+):(.+)\|(.+)$/.exec(line) ?? [];
      return statsdLine(name, Number(value), type as StatsdType);
    });
    expect(written).toEqual(CAPTURED.map((line) => `${line}\n`));
  });

  test('has no colon or space in its name, so that no name ends it', () => {
    expect(statsdLine('sidecar.my host:1.score', 1, 'g')).toBe('sidecar.my_host_1.score:1.000000|g\n');
  });
});

describe('what waits to be sent to statsd', () => {
  test('goes out in the order in which it came, several lines to a datagram of at most 1400 bytes', () => {
    const packets = new StatsdPackets();
    const lines = Array.from({ length: 100 }, (_, i) => statsdLine(`sidecar.delegate.GetBroadcasts${i}`, i, 'ms'));
    for (const line of lines) packets.add(line);
    const datagrams = taken(packets);
    expect(datagrams.join('')).toBe(lines.join(''));
    expect(datagrams.every((text) => text.endsWith('\n') && text.length <= 1400)).toBe(true);
    expect(datagrams).toHaveLength(Math.ceil(lines.join('').length / 1400));
    expect(packets.take()).toBeUndefined();
  });

  test('is bounded: what finds no room is dropped and counted, and there is room again when some is taken', () => {
    const packets = new StatsdPackets();
    const line = `${'x'.repeat(699)}\n`;
    for (let i = 0; i < 2 * 192 + 3; i += 1) packets.add(line);
    expect(packets.dropped).toBe(3);
    expect(packets.take()).toHaveLength(1400);
    for (let i = 0; i < 3; i += 1) packets.add(line);
    expect(packets.dropped).toBe(4);
    expect(taken(packets).map(({ length }) => length)).toEqual(Array.from({ length: 192 }, () => 1400));
  });
});
