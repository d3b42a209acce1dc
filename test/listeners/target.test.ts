import { describe, expect, test } from '@jest/globals';
import { targetsOf } from '../../src/listeners/target.js';
import type { Port } from '../../src/service/service.js';
import { discovered } from '../support/records.js';

const OPTIONS = { urls: [], path: '/update', hostname: 'the-host' };
const port = (overrides: Partial<Port>): Port => ({
  type: 'tcp',
  port: 32768,
  servicePort: 9999,
  ip: '10.0.0.1',
  ...overrides,
});
const urlsOf = (...parameters: Parameters<typeof targetsOf>): readonly string[] =>
  targetsOf(...parameters).map(({ url }) => url);

describe('who is told of changes', () => {
  test('URLs of the configuration, as they are and each once', () => {
    const urls = ['http://a:1/any?x=1', 'https://b', 'http://a:1/any?x=1'];
    expect(targetsOf({ ...OPTIONS, urls }, [])).toEqual([
      { name: 'UrlListener(http://a:1/any?x=1)', url: 'http://a:1/any?x=1', service: undefined },
      { name: 'UrlListener(https://b)', url: 'https://b', service: undefined },
    ]);
  });

  test('a container at the address of the port that its label means', () => {
    const service = discovered({ listenPort: 32768, ports: [port({ port: 32767, ip: '10.0.0.9' }), port({})] });
    expect(targetsOf(OPTIONS, [service])).toEqual([
      { name: 'Service(web-aaaaaaaaaaaa)', url: 'http://10.0.0.1:32768/update', service: 'web-aaaaaaaaaaaa' },
    ]);
  });

  test('a ListenPort beside the ports of its instance at the name of this host, whatever host its record names', () => {
    const service = discovered({ listenPort: 10005, hostname: 'elsewhere' });
    expect(urlsOf(OPTIONS, [service, { ...service, ports: null }])).toEqual([
      'http://the-host:10005/update',
      'http://the-host:10005/update',
    ]);
  });

  test('only a tcp port gives its address', () => {
    const service = discovered({ listenPort: 32768, ports: [port({ type: 'udp' })] });
    expect(urlsOf(OPTIONS, [service])).toEqual(['http://the-host:32768/update']);
  });

  test('an IPv6 address stands in brackets, and the path is the one of the configuration', () => {
    const service = discovered({ listenPort: 32768, ports: [port({ ip: 'fd00::1' })] });
    expect(urlsOf({ ...OPTIONS, path: '/sidecar/update' }, [service])).toEqual([
      'http://[fd00::1]:32768/sidecar/update',
    ]);
  });

  test('nobody else', () => {
    expect(targetsOf(OPTIONS, [discovered()])).toEqual([]);
  });
});
