import type { Entry } from './member-table.js';
import type { GossipOptions } from './ports.js';
import { ownVersions } from './versions.js';

/** This node as a member, before it has announced itself. */
export function ownEntry({ name, advertise, meta, delegateVersions }: GossipOptions): Entry {
  const { address, port } = advertise;
  const own = { name, address, port, meta, versions: ownVersions(delegateVersions) };
  return { ...own, incarnation: 0, state: 'alive', stateSince: 0, lastHeard: undefined, roundTripMs: undefined };
}
