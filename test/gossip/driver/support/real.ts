import { GossipDriver, type GossipDriverOptions } from '../../../../src/gossip/driver/gossip-driver.js';
import type { SeedAddress } from '../../../../src/gossip/driver/joiner.js';
import { Keyring, type KeyringOptions } from '../../../../src/gossip/driver/keyring.js';
import type { GossipOptions, KnownPeer } from '../../../../src/gossip/core/ports.js';
import { ProblemBoard } from '../../../../src/lib/problems.js';
import { systemClock, systemWallClock } from '../../../../src/platform/clock.js';
import { lookupAddresses } from '../../../../src/platform/lookup-addresses.js';
import { connectTcp } from '../../../../src/platform/tcp-connect.js';
import { listenTcp } from '../../../../src/platform/tcp-listener.js';
import { bindUdp } from '../../../../src/platform/udp-socket.js';
import { silent } from '../../../support/log.js';
import { Application, makeNode } from './node.js';

/** A driver with real sockets and a real clock. */
export interface RealNode {
  readonly driver: GossipDriver;
  readonly application: Application;
  readonly keyring: Keyring;
  readonly problems: ProblemBoard;
  readonly address: string;
  /** Codes of the problems that stand. */
  readonly codes: () => readonly string[];
  readonly alive: () => readonly string[];
  readonly stop: () => Promise<void>;
}

export interface RealNodeOptions {
  /** A host, reached at the node's own port, or a host with its port. */
  readonly seeds?: readonly (string | SeedAddress)[];
  /** Whom it knows from another run. */
  readonly known?: readonly KnownPeer[];
  readonly driver?: Partial<GossipDriverOptions>;
  readonly node?: Partial<GossipOptions>;
  readonly keyring?: Partial<KeyringOptions>;
}

export const PLAIN: KeyringOptions = { keys: [], hasFile: false, verifyIncoming: true, verifyOutgoing: true };

/** @param address of the loopback network: each node has one of its own, so that all can have the same port */
export async function startNode(
  name: string,
  address: string,
  port: number,
  options: RealNodeOptions = {},
): Promise<RealNode> {
  const application = new Application();
  const keyring = new Keyring({ ...PLAIN, ...options.keyring });
  const problems = new ProblemBoard(systemWallClock());
  const at = { address, port };
  const driver = new GossipDriver(
    {
      name,
      bind: at,
      advertise: at,
      seeds: (options.seeds ?? []).map((seed) => (typeof seed === 'string' ? { host: seed, port: undefined } : seed)),
      compress: true,
      tcpTimeoutMs: 2000,
      ...options.driver,
    },
    {
      node: (effects) =>
        makeNode(
          {
            name,
            advertise: options.driver?.advertise ?? at,
            hasSeeds: (options.seeds ?? []).length > 0,
            ...options.node,
          },
          effects,
          application,
        ),
      sockets: { bindUdp, listenTcp, connectTcp },
      lookup: lookupAddresses,
      keyring,
      clock: systemClock,
      problems,
      log: silent,
    },
  );
  driver.node.setKnownPeers(options.known ?? [], systemClock.now());
  const abort = new AbortController();
  let ended = Promise.resolve();
  await new Promise<void>((ready, fail) => {
    ended = driver.run(abort.signal, ready);
    ended.catch(fail);
  });
  return {
    driver,
    application,
    keyring,
    problems,
    address,
    codes: () => problems.list().map(({ code }) => code),
    alive: () => [...driver.node.aliveNames()].sort(),
    stop: () => {
      abort.abort();
      return ended;
    },
  };
}
