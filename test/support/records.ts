import type { DiscoveredService } from '../../src/service/discovered.js';
import { Status, type Service } from '../../src/service/service.js';

/** A healthy web instance on h1, but for what `overrides` says. */
export function record(overrides: Partial<Service> = {}): Service {
  return {
    id: 'aaaaaaaaaaaa',
    name: 'web',
    image: 'registry.example/web:1.2.3',
    created: 1_700_000_000_000_000_000n,
    hostname: 'h1',
    ports: [{ type: 'tcp', port: 10234, servicePort: 9999, ip: '10.79.0.1' }],
    updated: 1_700_000_000_000_000_000n,
    proxyMode: 'http',
    status: Status.Alive,
    ...overrides,
  };
}

/** The same instance as discovery would report it. */
export function discovered(overrides: Partial<DiscoveredService> = {}): DiscoveredService {
  const { id, name, image, created, hostname, ports, proxyMode } = record();
  return {
    id,
    name,
    image,
    created,
    hostname,
    ports,
    proxyMode,
    check: undefined,
    tuning: {},
    listenPort: undefined,
    ...overrides,
  };
}
