import type { Instance, State } from '../../src/cli/instance.js';

/** One instance as `/state.json` shows it: of web, alive, but for what is said. */
export const instance = (facts: Partial<Instance> = {}): Instance => ({
  ID: 'aa',
  Name: 'web',
  Image: 'web:1.0',
  Created: '2026-11-23T11:00:00Z',
  Hostname: 'h1',
  Ports: [{ Type: 'tcp', Port: 32768, ServicePort: 8080 }],
  Updated: '2026-11-23T11:59:48.5Z',
  ProxyMode: 'http',
  Status: 0,
  ...facts,
});

/** The document of `/state.json` of h1. */
export function stateOf(...instances: readonly Instance[]): State {
  const hosts = [...new Set(instances.map(({ Hostname }) => Hostname))];
  const servicesOf = (host: string): Record<string, Instance> =>
    Object.fromEntries(instances.filter(({ Hostname }) => Hostname === host).map((each) => [each.ID, each]));
  return {
    ClusterName: 'prod',
    Hostname: 'h1',
    Servers: Object.fromEntries(hosts.map((host) => [host, { Services: servicesOf(host) }])),
  };
}
