import type { CatalogReader, DepartureReader } from '../catalog/reader.js';
import { DEV_ADDRESS } from '../config/dev-file.js';
import type { Route } from '../dev/forwarder.js';
import type { Finding } from '../dev/overview.js';
import { buildModel, type HostView, type ModelOptions } from '../haproxy/model.js';

/** What the forwarder of `sidecar dev` serves: what HAProxy would, by the same rules. */
export function devRoutes(
  { hostname, ownPorts, staleHoldMs }: Pick<ModelOptions, 'ownPorts' | 'staleHoldMs'> & Pick<HostView, 'hostname'>,
  deps: {
    readonly catalog: CatalogReader;
    readonly departures: DepartureReader;
    readonly holders: () => ReadonlyMap<number, string>;
  },
): { readonly routes: () => readonly Route[]; readonly findings: () => readonly Finding[] } {
  const options = { ownPorts, staleHoldMs, useHostnames: false, bindIp: DEV_ADDRESS };
  let findings: readonly Finding[] = [];
  return {
    routes: () => {
      const { services, leftOut } = buildModel(deps.catalog.snapshot(), options, {
        hostname,
        addresses: [DEV_ADDRESS],
        setAside: new Map(),
        setAsideServices: new Map(),
        holders: deps.holders(),
        unresolved: new Set(),
        isHeld: (host, id) => (deps.departures.outOfSightForMs(host, id) ?? Infinity) < staleHoldMs,
      });
      findings = leftOut;
      return services.flatMap(({ name: service, ports }) =>
        ports.map(({ servicePort, servers }) => ({
          service,
          servicePort,
          targets: servers
            .filter(({ weight }) => weight > 0)
            .map(({ port: { ip: address, port } }) => ({ address, port })),
        })),
      );
    },
    findings: () => findings,
  };
}
