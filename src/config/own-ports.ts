import type { HostPort } from './address-kinds.js';
import type { ApiSettings } from './haproxy-api-table.js';
import type { Settings } from './table.js';

/** An address that the agent, or the HAProxy it drives, listens on by itself. */
export interface OwnAddress extends HostPort {
  /** Who listens, for a sentence. */
  readonly name: string;
}

/** Where the agent listens for itself, in the order of importance. */
export function ownAddresses({ http, sidecar, haproxy }: Settings): readonly OwnAddress[] {
  return [
    { name: 'the HTTP API of Sidecar', host: http.bindIp, port: http.port },
    { name: 'the gossip of Sidecar', host: sidecar.bindIp, port: sidecar.bindPort },
    ...(haproxy.disable ? [] : statsAddress(haproxy)),
  ];
}

/** The same for haproxy-api. */
export function apiOwnAddresses({ haproxyApi, haproxy }: ApiSettings): readonly OwnAddress[] {
  return [{ name: 'haproxy-api', host: haproxyApi.bindIp, port: haproxyApi.bindPort }, ...statsAddress(haproxy)];
}

function statsAddress({
  configFile,
  statsBind,
}: Pick<ApiSettings['haproxy'], 'configFile' | 'statsBind'>): readonly OwnAddress[] {
  return configFile === undefined || !statsBind ? [] : [{ name: "HAProxy's statistics page", ...statsBind }];
}

/** The ports that no service may use as its ServicePort, each with the name of who uses it. */
export const ownPorts = (settings: Settings): ReadonlyMap<number, string> => portsOf(ownAddresses(settings));

/** The same for haproxy-api. */
export const apiOwnPorts = (settings: ApiSettings): ReadonlyMap<number, string> => portsOf(apiOwnAddresses(settings));

function portsOf(addresses: readonly OwnAddress[]): ReadonlyMap<number, string> {
  return new Map(
    addresses.map(({ port, name }) => [port, name] as const).reverse(), // of two with one port, the more important one keeps its name
  );
}
