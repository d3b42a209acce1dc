import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { PublishedPort } from '../../../src/discovery/docker/container.js';
import { labelled, said } from './containers.js';

/** `0.0.0.0:32768->80/tcp`, as `docker ps` writes it. */
function published(text: string): PublishedPort {
  const [, ip = '', publicPort, privatePort, type = ''] = /^(.*):(\d+)->(\d+)\/(\w+)$/.exec(text) ?? [];
  return { ip, publicPort: Number(publicPort), privatePort: Number(privatePort), type };
}

/** `10.79.0.254:32768/tcp->8080`. */
const portsOf = (texts: readonly string[], labels: Readonly<Record<string, string>> = {}, publishedAddress = 'P') => {
  const reading = labelled(labels, { container: { ports: texts.map(published) }, facts: { publishedAddress } });
  const ports = reading.service?.ports?.map((p) => `${p.ip}:${p.port}/${p.type}->${p.servicePort}`);
  return { ports, said: said(reading) };
};

describe('the ports of a record (contract 3.3)', () => {
  test.each([
    ['an address of its own is kept', ['127.0.0.1:1->80/tcp'], ['127.0.0.1:1/tcp->0']],
    ['no address is the published one', [':1->80/tcp'], ['P:1/tcp->0']],
    ['the twin of IPv6 is left out', ['0.0.0.0:1->80/tcp', ':::1->80/tcp'], ['P:1/tcp->0']],
    ['be its public port another one', [':::2->80/tcp', '0.0.0.0:1->80/tcp'], ['P:1/tcp->0']],
    ['what is there for IPv6 only stays', [':::2->80/tcp'], ['P:2/tcp->0']],
    ['also beside an address of its own', [':::2->80/tcp', '10.0.0.1:1->80/tcp'], ['10.0.0.1:1/tcp->0', 'P:2/tcp->0']],
    ['twins have one protocol', ['0.0.0.0:1->80/tcp', ':::1->80/udp'], ['P:1/tcp->0', 'P:1/udp->0']],
    ['and one container port', ['0.0.0.0:1->80/tcp', ':::2->81/tcp'], ['P:1/tcp->0', 'P:2/tcp->0']],
    [
      'a container port may be published twice',
      ['0.0.0.0:1->80/tcp', ':::1->80/tcp', '0.0.0.0:2->80/tcp', ':::2->80/tcp'],
      ['P:1/tcp->0', 'P:2/tcp->0'],
    ],
    ['equal ones are one', [':1->80/tcp', '0.0.0.0:1->80/tcp', 'P:1->80/tcp'], ['P:1/tcp->0']],
    ['the order is that of the container', ['0.0.0.0:1->443/tcp', '0.0.0.0:2->80/tcp'], ['P:2/tcp->0', 'P:1/tcp->0']],
  ])('%s', (_what, listed, expected) => {
    expect(portsOf(listed).ports).toEqual(expected);
  });

  test('where the published address is of IPv6, the twin of IPv4 is left out', () => {
    expect(portsOf(['0.0.0.0:1->80/tcp', ':::2->80/tcp'], {}, 'fd00::1').ports).toEqual(['fd00::1:2/tcp->0']);
  });

  test('none: an empty list, never null', () => {
    expect(labelled({}, { container: { ports: [] } }).service?.ports).toEqual([]);
  });

  test('in whatever order the engine lists them, the record is the same', () => {
    const listed = ['0.0.0.0:1->80/tcp', ':::1->80/tcp', '0.0.0.0:2->80/tcp', '0.0.0.0:3->443/tcp', ':::4->443/udp'];
    const expected = portsOf(listed, { ServicePort_80: '8080', ServicePort_443: '8080' });
    fc.assert(
      fc.property(fc.shuffledSubarray(listed, { minLength: listed.length }), (shuffled) => {
        expect(portsOf(shuffled, { ServicePort_80: '8080', ServicePort_443: '8080' })).toEqual(expected);
      }),
    );
  });
});

describe('ServicePort labels', () => {
  test.each([
    ['8080', 8080],
    ['+8080', 8080],
    ['08080', 8080],
    ['0', 0],
    ['-0', 0],
    ['65535', 65_535],
  ])('%j is %d', (value, servicePort) => {
    expect(portsOf([':1->80/tcp'], { ServicePort_80: value })).toEqual({
      ports: [`P:1/tcp->${servicePort}`],
      said: [],
    });
  });

  test.each(['', 'abc', ' 8080', '8080 ', '80.0', '0x50', '1e3', '1_000', '-1', '65536', '9'.repeat(30), '٨٠'])(
    '%j is none, with one complaint, and the other port stays',
    (value) => {
      expect(
        portsOf([':1->80/tcp', ':2->80/udp', ':3->81/tcp'], { ServicePort_80: value, ServicePort_81: '81' }),
      ).toEqual({
        ports: ['P:1/tcp->0', 'P:2/udp->0', 'P:3/tcp->81'],
        said: [`LABEL_INVALID: ServicePort_80 is "${value}", expected an integer from 0 to 65535`],
      });
    },
  );

  test('one label serves both protocols', () => {
    expect(portsOf([':1->53/tcp', ':2->53/udp'], { ServicePort_53: '5353' })).toEqual({
      ports: ['P:1/tcp->5353', 'P:2/udp->5353'],
      said: [],
    });
  });

  test('one ServicePort for two ports of a protocol belongs to the lower container port', () => {
    const labels = { ServicePort_80: '8080', ServicePort_81: '8080' };
    expect(portsOf([':3->81/tcp', ':1->80/tcp', ':2->81/udp'], labels)).toEqual({
      ports: ['P:1/tcp->8080', 'P:3/tcp->0', 'P:2/udp->8080'],
      said: [
        'SERVICE_PORT_TWICE: ServicePort_81 is 8080, which ServicePort_80 is as well, expected a ServicePort of its own',
      ],
    });
  });

  test('a container port that is published twice has its ServicePort twice', () => {
    expect(portsOf([':1->80/tcp', ':2->80/tcp'], { ServicePort_80: '8080' })).toEqual({
      ports: ['P:1/tcp->8080', 'P:2/tcp->8080'],
      said: [],
    });
  });

  test('a port of our own is not offered', () => {
    expect(portsOf([':1->80/tcp', ':2->81/tcp'], { ServicePort_80: '7777', ServicePort_81: '81' })).toEqual({
      ports: ['P:1/tcp->0', 'P:2/tcp->81'],
      said: [
        'SERVICE_PORT_IS_OURS: ServicePort_80 is 7777, which belongs to the HTTP API of Sidecar, expected a free port',
      ],
    });
  });

  test.each(['080', '80/tcp', '', '0', '65536', 'http', '-80'])('ServicePort_%s is for no port', (port) => {
    expect(portsOf([':1->80/tcp'], { [`ServicePort_${port}`]: '1', ServicePort_80: '8080' })).toEqual({
      ports: ['P:1/tcp->8080'],
      said: [
        `LABEL_INVALID: ServicePort_${port} is "1", expected a label ServicePort_ followed by a container port from 1 to 65535`,
      ],
    });
  });

  test('of more than 256 ports those with a ServicePort are kept', () => {
    const listed = Array.from({ length: 300 }, (_, i) => `:${i + 1}->${i + 1}/tcp`);
    const { ports, said } = portsOf(listed, { ServicePort_299: '80', ServicePort_300: '81' });
    expect(ports).toHaveLength(256);
    expect(ports?.slice(0, 3)).toEqual(['P:299/tcp->80', 'P:300/tcp->81', 'P:1/tcp->0']);
    expect(said).toEqual(['TOO_MANY_PORTS: Ports is 300, expected at most 256 published ports']);
  });
});
