import type { GossipNode } from '../gossip/core/gossip-node.js';
import type { ClusterFacts, MemberFacts } from '../http/cluster.js';
import type { Millis } from '../lib/ports.js';
import { readHttpDoor } from '../replication/member-meta.js';

/** What gossip and replication know of the members, in one list for people. */
export function clusterFacts(deps: {
  readonly self: string;
  readonly node: () => GossipNode;
  readonly skewMs: (host: string) => Millis | undefined;
  readonly now: () => Millis;
}): ClusterFacts {
  return {
    members: () => {
      const node = deps.node();
      const now = deps.now();
      const missing = new Map(node.missingPeers(now).map((peer) => [peer.name, peer]));
      const members = node.members().map((member): MemberFacts => {
        const { name, address, port, state, incarnation, lastHeard, roundTripMs, versions, meta } = member;
        const isSelf = name === deps.self;
        const heard = lastHeard === undefined ? undefined : now - lastHeard;
        const givenUpInMs = missing.get(name)?.givenUpInMs;
        const lastHeardAgoMs = isSelf ? 0 : heard;
        const skewMs = isSelf ? 0 : deps.skewMs(name);
        return {
          ...{ name, address, port, state, incarnation, roundTripMs, versions },
          ...{ http: readHttpDoor(meta), isSelf, lastHeardAgoMs, skewMs, givenUpInMs },
        };
      });
      const listed = new Set(members.map(({ name }) => name));
      const gone = [...missing.values()].filter(({ name }) => !listed.has(name));
      return [...members, ...gone.map((peer): MemberFacts => ({ ...UNHEARD, ...peer, state: 'missing' }))];
    },
  };
}

/** A peer of which nothing is left but its address. */
const UNHEARD = {
  http: undefined,
  isSelf: false,
  incarnation: undefined,
  lastHeardAgoMs: undefined,
  roundTripMs: undefined,
  skewMs: undefined,
  versions: undefined,
};
