import type { Applying } from './applying.js';
import type { Deployment } from './deployment.js';
import type { Finding } from './finding.js';
import type { ServerLine } from './plan/config.js';
import { asServers } from './plan/server-lines.js';
import { sectionOwners } from './section-owners.js';
import { addressOf, type Place } from './service-ports.js';

/** Which instance is looked for. */
export interface Sought {
  readonly service: string;
  readonly hostname: string;
  readonly id: string;
}

/** What became of one instance on its way into HAProxy. */
export interface ProxyTrace {
  /** Why it, or a ServicePort of its service, is left out of the last draft. */
  readonly leftOut: readonly Finding[];
  /** Where it is a server in the last draft, be that served or not. */
  readonly drafted: readonly {
    readonly servicePort: number;
    readonly weight: number;
    readonly stale: boolean;
  }[];
  /** The servers that it is in the text that HAProxy runs. */
  readonly servers: readonly { readonly backend: string; readonly server: string }[];
  /** Whether that text has HAProxy listen on a stats socket, where it can be asked for more. */
  readonly hasStatsSocket: boolean;
}

/**
 * Follows one instance through what was made of the catalog the last time and into the text that HAProxy runs. In the text it is
 * found by the server name of the built-in template, else by the address where it is reached, in what belongs to no other service:
 * custom templates may have names of their own.
 */
export function traceOf(
  { service, hostname, id }: Sought,
  { useHostnames }: { readonly useHostnames: boolean },
  {
    applying,
    deployment,
  }: {
    readonly applying: Pick<Applying, 'draft'>;
    readonly deployment: Pick<Deployment, 'running'>;
  },
): ProxyTrace {
  const { leftOut = [], services = [] } = applying.draft?.model ?? {};
  const about = `${hostname}/${id}`;
  const isIt = ({ instance }: Pick<Place, 'instance'>): boolean => instance.hostname === hostname && instance.id === id;
  const found = services
    .filter(({ name }) => name === service)
    .flatMap(({ ports }) =>
      ports.flatMap(({ servicePort, servers }) => servers.filter(isIt).map((server) => ({ servicePort, server }))),
    );
  const names = new Set([`${hostname}-${id}`, `${hostname}-${id}-stale`]);
  const places = new Set(found.map(({ server }) => `${addressOf(server, useHostnames)} ${server.port.port}`));
  const sections = deployment.running?.config.sections ?? [];
  const { ofProxy } = sectionOwners(services);
  const serversThat = (is: (server: ServerLine) => boolean): ProxyTrace['servers'] =>
    sections.flatMap((section) =>
      (ofProxy(section.name) ?? service) !== service
        ? []
        : asServers(section)
            .filter(is)
            .map(({ name }) => ({ backend: section.name, server: name })),
    );
  const named = serversThat(({ name }) => names.has(name));
  return {
    leftOut: leftOut.filter(
      (finding) => finding.service === service && (finding.instance === undefined || finding.instance === about),
    ),
    drafted: found.map(({ servicePort, server: { weight, stale } }) => ({ servicePort, weight, stale })),
    hasStatsSocket: deployment.running?.hasRuntimeApi ?? false,
    servers: named.length > 0 ? named : serversThat(({ host, port }) => places.has(`${host} ${port ?? ''}`)),
  };
}
