import { createHash } from 'node:crypto';
import { oncePerObject } from '../lib/once-per-object.js';
import type { ProxyModel } from './model.js';

/**
 * 16 hex digits of what is served, apart from what is this host's own (addresses it binds, template): hosts that serve the same
 * have the same hash.
 */
export const viewHashOf = oncePerObject(({ services }: ProxyModel): string => {
  const hash = createHash('sha256');
  for (const { name, mode, ports } of services) {
    for (const { servicePort, servers } of ports) {
      const served = servers.map(({ instance, port, weight, slowStartMs, stale }) => [
        ...[instance.hostname, instance.id, port.ip, port.port],
        ...[weight, slowStartMs, stale],
      ]);
      hash.update(JSON.stringify([name, mode, servicePort, served]));
    }
  }
  return hash.digest('hex').slice(0, 16);
});
