import type { Service } from '../../src/service/service.js';
import type { ServerState, State } from '../../src/service/state-codec.js';

/** The state of h1 that holds exactly these records. */
export function stateWith(services: readonly Service[], overrides: Partial<State> = {}): State {
  const servers = new Map<string, ServerState & { readonly services: Map<string, Service> }>();
  for (const service of services) {
    const { hostname: name } = service;
    const entry = servers.get(name) ?? { name, services: new Map<string, Service>(), lastUpdated: 1n, lastChanged: 1n };
    servers.set(name, entry);
    entry.services.set(service.id, service);
  }
  return { servers, lastChanged: 1n, clusterName: 'default', hostname: 'h1', ...overrides };
}
