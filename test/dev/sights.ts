import type { ServerEntry } from '../../src/catalog/reader.js';
import type { ProxySight, Sights } from '../../src/dev/overview.js';
import type { Service } from '../../src/service/service.js';
import { stateWith } from '../follower/states.js';

/** A proxy that has these ports for these services. */
export const holding = (holders: Readonly<Record<number, string>>, more: Partial<ProxySight> = {}): ProxySight => ({
  isRunning: true,
  isCurrent: true,
  holders: new Map(Object.entries(holders).map(([port, service]) => [Number(port), service])),
  findings: [],
  ...more,
});

/** What h1 sees of these records. */
export function sightsOf(
  records: readonly Service[],
  proxy: ProxySight,
  outputs: Readonly<Record<string, string>> = {},
): Sights {
  const servers: ReadonlyMap<string, ServerEntry> = stateWith(records).servers;
  return {
    snapshot: { version: 1, contentVersion: 1, clusterName: 'dev-me', hostname: 'h1', lastChanged: 1n, servers },
    proxy,
    bindIp: '127.0.0.1',
    outputOf: (id) => outputs[id],
  };
}
