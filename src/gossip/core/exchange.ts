import type { Millis } from '../../lib/ports.js';
import { ok, refused, type Result } from '../../lib/result.js';
import { addressBytes } from '../wire/address.js';
import type { PushPull, PushPullNode } from '../wire/message.js';
import { isName, parseAliveClaim } from './claim.js';
import { isOurCluster } from './cluster-name.js';
import type { Counters } from './counters.js';
import type { Entry, MemberTable } from './member-table.js';
import type { Membership } from './membership.js';
import type { GossipDelegate, GossipEffects, GossipOptions, MemberState } from './ports.js';
import { NO_VERSIONS, parseVsn, versionMismatch, vsnOf, type VersionEntry, type VersionMismatch } from './versions.js';

/** Why nothing of a full exchange was merged. */
export type MergeFault =
  VersionMismatch | { readonly code: 'FOREIGN_CLUSTER'; readonly clusterName: string | undefined };

/** What went wrong, for a log line. */
export function mergeFaultSentence(fault: MergeFault): string {
  switch (fault.code) {
    case 'FOREIGN_CLUSTER':
      return fault.clusterName === undefined
        ? 'the peer sends no cluster name'
        : `the peer is in the cluster ${JSON.stringify(fault.clusterName)}`;
    case 'VERSIONS_INCOMPATIBLE': {
      const [from, to] = fault.understood;
      const who = `${JSON.stringify(fault.member)} speaks ${fault.part} version ${fault.speaks}`;
      return from > to
        ? `${who}, and the members have none in common`
        : `${who}, the members understand ${from} to ${to}`;
    }
  }
}

const STATE = { alive: 0, suspect: 1, dead: 2, left: 3 } as const satisfies Record<MemberState, number>;

/** Of one refused exchange; who lists more is known by these. */
const MAX_STRANGERS = 100;

/** The members of a full exchange: what we send, and how what comes is merged (PROTOCOL 15). */
export class Exchange {
  constructor(
    private readonly options: Pick<GossipOptions, 'clusterName' | 'acceptMissingClusterName' | 'advertise'>,
    private readonly deps: {
      readonly table: MemberTable;
      readonly membership: Membership;
      readonly counters: Counters;
      readonly effects: Pick<GossipEffects, 'pushPull'>;
      readonly delegate: Pick<GossipDelegate, 'onStranger'>;
    },
  ) {}

  /** Begins one with a random member that is alive. */
  beginWithAny(): void {
    for (const entry of this.deps.table.pick(1, ({ state }) => state === 'alive')) this.begin(entry);
  }

  /** Begins one with this very member, if it is another one and alive. */
  beginWith(name: string): void {
    const { table } = this.deps;
    const entry = table.get(name);
    if (entry?.state === 'alive' && entry !== table.self) this.begin(entry);
  }

  private begin({ address, port }: Entry): void {
    this.deps.effects.pushPull({ address, port });
  }

  /** Everybody we know. @param forUpstream the receiver knows the state left; to the fork those members are dead */
  localNodes(forUpstream: boolean): readonly PushPullNode[] {
    return Array.from(this.deps.table.all(), (entry) => ({
      name: entry.name,
      addr: addressBytes(entry.address),
      port: entry.port,
      meta: entry.meta,
      incarnation: entry.incarnation,
      state: entry.state === 'left' && !forUpstream ? STATE.dead : STATE[entry.state],
      vsn: vsnOf(entry.versions),
    }));
  }

  /** Merges the members that `remote` lists, or none of them. */
  merge(remote: PushPull, now: Millis): Result<undefined, MergeFault> {
    const fault = this.faultOf(remote);
    if (fault) {
      this.deps.counters.mergesRefused += 1;
      if (fault.code === 'FOREIGN_CLUSTER') this.tellOfStrangers(remote);
      return refused(fault);
    }
    for (const node of remote.nodes) this.mergeNode(node, now);
    return ok(undefined);
  }

  private faultOf({ clusterName, nodes }: PushPull): MergeFault | undefined {
    if (!isOurCluster(clusterName, this.options)) return { code: 'FOREIGN_CLUSTER', clusterName };
    return versionMismatch([...nodes.map(remoteVersions), ...Array.from(this.deps.table.all(), localVersions)]);
  }

  private tellOfStrangers({ clusterName = '', nodes }: PushPull): void {
    for (const { name } of nodes.slice(0, MAX_STRANGERS)) {
      if (isName(name)) this.deps.delegate.onStranger(name, clusterName);
    }
  }

  /** Of the dead we only take that they are suspected, by us: each of them gets its chance to refute. */
  private mergeNode(said: PushPullNode, now: Millis): void {
    const { membership, counters, table } = this.deps;
    const { name: node, incarnation, state } = said;
    if (state === STATE.alive) {
      const claim = parseAliveClaim(node, said, this.options.advertise.port);
      if (claim.ok) membership.alive(claim.value, now);
      else counters.malformedClaims += 1;
    } else if (!isName(node)) {
      counters.malformedClaims += 1;
    } else if (state === STATE.suspect || state === STATE.dead) {
      membership.suspect({ node, incarnation, from: table.self.name }, now);
    } else if (state === STATE.left) {
      membership.dead({ node, incarnation, from: node }, now);
    }
  }
}

/** One without versions counts as zero, and does not say what others must understand. */
function remoteVersions({ name, state, vsn }: PushPullNode): VersionEntry {
  const versions = vsn && parseVsn(vsn);
  return { name, versions: versions ?? NO_VERSIONS, alive: state === STATE.alive && versions !== undefined };
}

function localVersions({ name, state, versions }: Entry): VersionEntry {
  return { name, versions, alive: state === 'alive' };
}
