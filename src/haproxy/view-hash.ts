import { createHash } from 'node:crypto';
import { oncePerObject } from '../lib/once-per-object.js';
import type { Service } from '../service/service.js';
import type { ProxiedServer, ProxyModel } from './model.js';

/**
 * 16 hex digits of what is served, apart from what is this host's own (addresses it binds, template): hosts that serve the same
 * have the same hash.
 */
export const viewHashOf = oncePerObject(({ services }: ProxyModel): string => {
  const hash = createHash('sha256');
  for (const { name, mode, ports } of services) {
    for (const { servicePort, servers } of ports) {
      hash.update(JSON.stringify([name, mode, servicePort, servers.map(factsOf)]));
    }
  }
  return hash.digest('hex').slice(0, 16);
});

/**
 * How single instances are served, as texts that differ when the hash differs for them.
 *
 * @param keyOf what an instance is called in the answer; undefined: it is not asked for
 * @returns by that key; one that is no server is not in it
 */
export function servedAs(
  { services }: ProxyModel,
  keyOf: (instance: Service) => string | undefined,
): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const { name, mode, ports } of services) {
    for (const { servicePort, servers } of ports) {
      for (const server of servers) {
        const key = keyOf(server.instance);
        if (key === undefined) continue;
        texts.set(key, (texts.get(key) ?? '') + JSON.stringify([name, mode, servicePort, factsOf(server)]));
      }
    }
  }
  return texts;
}

const factsOf = ({ instance, port, weight, slowStartMs, stale }: ProxiedServer): readonly unknown[] => [
  ...[instance.hostname, instance.id, port.ip, port.port],
  ...[weight, slowStartMs, stale],
];
