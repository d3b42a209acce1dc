import type { HostPort } from './address-kinds.js';
import type { Settings } from './table.js';

/** An address that the agent, or the HAProxy it drives, listens on by itself. */
export interface OwnAddress extends HostPort {
  /** Who listens, for a sentence. */
  readonly name: string;
}

/** Where the agent listens for itself, in the order of importance. */
export function ownAddresses({ http, sidecar, haproxy }: Settings): readonly OwnAddress[] {
  const stats = haproxy.disable || haproxy.configFile === undefined ? undefined : haproxy.statsBind;
  return [
    { name: 'the HTTP API of Sidecar', host: http.bindIp, port: http.port },
    { name: 'the gossip of Sidecar', host: sidecar.bindIp, port: sidecar.bindPort },
    ...(stats ? [{ name: "HAProxy's statistics page", ...stats }] : []),
  ];
}

/** The ports that no service may use as its ServicePort, each with the name of who uses it. */
export function ownPorts(settings: Settings): ReadonlyMap<number, string> {
  return new Map(
    ownAddresses(settings)
      .map(({ port, name }) => [port, name] as const)
      .reverse(), // of two with one port, the more important one keeps its name
  );
}
