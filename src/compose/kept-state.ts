import type { Catalog } from '../catalog/catalog.js';
import type { Departures } from '../catalog/departures.js';
import type { GossipNode } from '../gossip/core/gossip-node.js';
import { parsePeers, peersText } from '../gossip/core/peer-list.js';
import type { ProxyMemory } from '../haproxy/proxy-memory.js';
import type { Millis } from '../lib/ports.js';
import { harmless } from '../lib/printable.js';
import { drainsText, parseDrains } from '../replication/drain-list.js';
import type { Drains } from '../replication/drains.js';
import type { Replicator } from '../replication/replicator.js';
import { recordText } from '../service/codec.js';
import { decodeState, encodeState } from '../service/state-codec.js';
import type { Kept } from '../store/keeper.js';

/** A record that only became newer is written again this often. */
const REFRESH_KEPT_MS: Millis = 60_000;
/** Of another cluster's name in a message, with its quotes. */
const MAX_NAME_SHOWN = 100;

/** The catalog as it survives a restart: all that is known, our own records included. */
export function keptCatalog(deps: {
  readonly catalog: Catalog;
  readonly replicator: Replicator;
  readonly now: () => Millis;
}): Kept {
  const { catalog, replicator, now } = deps;
  let written = { contentVersion: -1, version: -1, at: -Infinity };
  return {
    kind: 'catalog',
    version: 1,
    restore: (text) => {
      const state = decodeState(Buffer.from(text));
      if (!state.ok)
        return `is no catalog: ${state.fault.field} is ${state.fault.seen}, expected ${state.fault.expected}`;
      replicator.restore(state.value.services);
      return undefined;
    },
    encode: () => {
      const snapshot = catalog.snapshot();
      const { contentVersion, version } = snapshot;
      const isNews = contentVersion !== written.contentVersion;
      if (!isNews && (version === written.version || now() - written.at < REFRESH_KEPT_MS)) return undefined;
      written = { contentVersion, version, at: now() };
      return encodeState(snapshot, recordText);
    },
  };
}

/** Whom the agent looks for after a restart. */
export function keptPeers(node: GossipNode, now: () => Millis): Kept {
  let written = '';
  return {
    kind: 'peers',
    version: 1,
    restore: (text) => {
      const peers = parsePeers(text);
      if (!peers.ok) return `is no list of peers: ${peers.fault}`;
      node.setKnownPeers(peers.value, now());
      return undefined;
    },
    encode: () => {
      const text = peersText(node.knownPeers());
      if (text === written) return undefined;
      written = text;
      return text;
    },
  };
}

/** Which instances of this host drain, and until when. */
export function keptDrains(drains: Drains): Kept {
  let written = 0; // nothing has happened yet, and nothing is to be written
  return {
    kind: 'drains',
    version: 1,
    restore: (text) => {
      const kept = parseDrains(text);
      if (!kept.ok) return `is no list of drains: ${kept.fault}`;
      drains.restore(kept.value);
      return undefined;
    },
    encode: () => {
      if (drains.version === written) return undefined;
      written = drains.version;
      return drainsText(drains.kept());
    },
  };
}

/** Which instances are out of sight, and since when. To be restored after the catalog. */
export function keptDepartures(departures: Departures): Kept {
  let written = '[]'; // nothing is out of sight yet, and nothing is to be written
  return {
    kind: 'departures',
    version: 1,
    restore: (text) => departures.restore(text),
    encode: () => {
      const text = departures.encode();
      if (text === written) return undefined;
      written = text;
      return text;
    },
  };
}

/** What HAProxy runs, and which service has which ServicePort. */
export const keptProxy = (memory: ProxyMemory): Kept => ({
  kind: 'proxy',
  version: 1,
  restore: (text) => memory.restore(text),
  encode: () => memory.encode(),
});

/**
 * A state that is only taken in by an agent of the cluster it was written in: after a change of `cluster_name`, or in the copy of a
 * machine, the servers of another cluster must not be served. Its name is the first line, as a JSON string.
 */
export function keptInCluster(clusterName: string, kept: Kept): Kept {
  const mark = `${JSON.stringify(clusterName)}\n`;
  return {
    kind: kept.kind,
    version: kept.version,
    restore: (text, version) => {
      if (text.startsWith(mark)) return kept.restore(text.slice(mark.length), version);
      const [seen = ''] = text.slice(0, MAX_NAME_SHOWN).split('\n');
      return `was written in the cluster ${harmless(seen)}, not in ${mark.trimEnd()}`;
    },
    encode: () => {
      const text = kept.encode();
      return text === undefined ? undefined : mark + text;
    },
  };
}
