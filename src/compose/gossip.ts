import type { LoadedConfig } from '../config/load.js';
import { GossipDriver } from '../gossip/driver/gossip-driver.js';
import { KeyFile } from '../gossip/driver/key-file.js';
import { Keyring } from '../gossip/driver/keyring.js';
import { GossipNode } from '../gossip/core/gossip-node.js';
import { LAN } from '../gossip/core/lan.js';
import type { GossipDelegate, GossipOptions } from '../gossip/core/ports.js';
import { canonicalAddress } from '../lib/ip-address.js';
import type { Component } from '../lib/lifecycle.js';
import type { Logger } from '../lib/logger.js';
import type { Clock, Millis, Random } from '../lib/ports.js';
import type { ProblemBoard } from '../lib/problems.js';
import { lookupAddresses } from '../platform/lookup-addresses.js';
import { connectTcp } from '../platform/tcp-connect.js';
import { listenTcp } from '../platform/tcp-listener.js';
import { bindUdp } from '../platform/udp-socket.js';
import { watchFile } from '../platform/watch-file.js';
import { memberMeta, type HttpDoor } from '../replication/member-meta.js';

/** A stream takes no longer than this, from its first byte to its last (PROTOCOL 17). */
const TCP_TIMEOUT_MS: Millis = 10_000;

/** What the settings make of gossip. */
export interface GossipPlan {
  readonly options: GossipOptions;
  readonly keyring: Keyring;
}

/** Where others find this host's HTTP API, at its published address. */
export const httpDoorOf = ({ settings, httpTls }: LoadedConfig): HttpDoor => ({
  port: settings.http.port,
  isTls: httpTls !== undefined,
});

/** @param publishedAddress what others are told to reach this host at */
export function planGossip(config: LoadedConfig, publishedAddress: string): GossipPlan {
  const { sidecar } = config.settings;
  const keyring = new Keyring({
    keys: sidecar.gossipKeys,
    hasFile: sidecar.gossipKeysFile !== undefined,
    verifyIncoming: sidecar.gossipVerifyIncoming,
    verifyOutgoing: sidecar.gossipVerifyOutgoing,
  });
  const [dmin = 0, dmax = 0, dcur = 0] = sidecar.delegateVersions;
  const options: GossipOptions = {
    ...LAN,
    name: sidecar.hostname,
    advertise: { address: canonicalAddress(publishedAddress), port: sidecar.bindPort },
    meta: memberMeta(sidecar.clusterName, httpDoorOf(config)),
    delegateVersions: [dmin, dmax, dcur],
    clusterName: sidecar.clusterName,
    acceptMissingClusterName: sidecar.acceptMissingClusterName,
    suspicionMult: sidecar.suspicionMult,
    pushPullIntervalMs: sidecar.pushPullInterval,
    gossipIntervalMs: sidecar.gossipInterval,
    gossipMessages: sidecar.gossipMessages,
    encryptionBytes: keyring.overheadBytes,
    rejoinIntervalMs: sidecar.rejoinInterval,
    reconnectTimeoutMs: sidecar.reconnectTimeout,
    hasSeeds: sidecar.seeds.length > 0,
  };
  return { options, keyring };
}

/** The member of the cluster that this agent is; `parts` in the order of their start: keys first, so that nothing goes out plain. */
export function composeGossip(
  { settings }: LoadedConfig,
  { options, keyring }: GossipPlan,
  deps: {
    readonly delegate: GossipDelegate;
    readonly onProbed: (tookMs: Millis) => void;
    readonly onGossiped: (tookMs: Millis) => void;
    readonly onExchanged: (tookMs: Millis) => void;
    readonly clock: Clock;
    readonly random: Random;
    readonly problems: ProblemBoard;
    readonly log: Logger;
  },
): { readonly driver: GossipDriver; readonly parts: readonly Component[] } {
  const { sidecar } = settings;
  const { delegate, onProbed, onGossiped, onExchanged, clock, random, problems, log } = deps;
  const driver = new GossipDriver(
    {
      name: sidecar.hostname,
      bind: { address: canonicalAddress(sidecar.bindIp), port: sidecar.bindPort },
      advertise: options.advertise,
      seeds: sidecar.seeds,
      compress: sidecar.gossipCompression,
      tcpTimeoutMs: TCP_TIMEOUT_MS,
    },
    {
      node: (effects) => new GossipNode(options, { random, effects, delegate, onProbed, log }),
      sockets: { bindUdp, listenTcp, connectTcp },
      lookup: lookupAddresses,
      keyring,
      onGossiped,
      onExchanged,
      clock,
      problems,
      log,
    },
  );
  const { gossipKeysFile } = sidecar;
  const keyFile = gossipKeysFile && new KeyFile(gossipKeysFile, { keyring, watchFile, problems, log });
  return { driver, parts: [...(keyFile ? [keyFile] : []), driver] };
}
