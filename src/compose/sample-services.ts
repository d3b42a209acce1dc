import type { DiscoveredService } from '../service/discovered.js';

/** One service of each mode with two instances, for trying a template. The ServicePorts are seldom used; nothing is bound. */
export function sampleServices(address: string): readonly DiscoveredService[] {
  return ['http', 'tcp', 'ws'].flatMap((proxyMode, kind) =>
    ['sample-a', 'sample-b'].map((hostname, instance) => ({
      id: `${kind}${instance}`.padStart(12, '0'),
      name: `sidecar-sample-${proxyMode}`,
      image: 'sample:1',
      created: 0n,
      hostname,
      ports: [{ type: 'tcp', port: 10_000 + instance, servicePort: 64_991 + kind, ip: address }],
      proxyMode,
      check: undefined,
      tuning: {},
      listenPort: undefined,
    })),
  );
}
