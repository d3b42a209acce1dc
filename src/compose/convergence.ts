import type { CatalogReader } from '../catalog/reader.js';
import type { LoadedConfig } from '../config/load.js';
import { decodeAnnouncement, encodeAnnouncement, type Announcement } from '../convergence/announcement.js';
import { Convergence, type ConvergenceStatus } from '../convergence/convergence.js';
import { instanceKey } from '../convergence/own-delays.js';
import { isPresent } from '../gossip/core/member-table.js';
import type { GossipDriver } from '../gossip/driver/gossip-driver.js';
import type { OnServed } from '../haproxy/applying.js';
import type { ProxyModel } from '../haproxy/model.js';
import { servedAs, viewHashOf } from '../haproxy/view-hash.js';
import type { ConvergenceFacts } from '../http/routes/convergence.js';
import { every } from '../lib/every.js';
import type { Component } from '../lib/lifecycle.js';
import { oncePerObject } from '../lib/once-per-object.js';
import type { Clock, Millis, Random, WallClock } from '../lib/ports.js';
import { declareConvergenceFigures } from '../metrics/convergence-figures.js';
import type { MetricsRegistry } from '../metrics/registry.js';
import { memberMeta, readMemberMeta } from '../replication/member-meta.js';
import { Status } from '../service/service.js';
import { httpDoorOf } from './gossip.js';
import { convergenceNumbersOf } from './metrics.js';

const BEAT_MS: Millis = 1_000;

/** What measures how long changes take to every proxy, and tells it. */
export interface ComposedConvergence {
  readonly facts: ConvergenceFacts;
  readonly onServed: OnServed;
  /** To be started when gossip runs. */
  readonly part: Component;
}

export function composeConvergence(
  config: LoadedConfig,
  deps: {
    readonly catalog: CatalogReader;
    readonly driver: GossipDriver;
    readonly skewMs: (host: string) => Millis | undefined;
    /** Resolves when the other hosts are known of: what comes from then on are changes. */
    readonly informed: Promise<void>;
    readonly metrics: MetricsRegistry;
    readonly clock: Clock;
    readonly random: Random;
    readonly wall: WallClock;
  },
): ComposedConvergence {
  const { catalog, driver, informed, metrics, clock } = deps;
  const { clusterName, hostname } = config.settings.sidecar;
  const convergence = new Convergence(hostname, deps);
  const door = httpDoorOf(config);
  const beat = (): void => {
    const present = driver.node.members().filter(({ state }) => isPresent(state));
    const announcement = convergence.beat(present.map(({ name, meta }) => ({ name, told: toldBy(meta).announcement })));
    if (announcement)
      driver.updateMeta(memberMeta(clusterName, door, (room) => encodeAnnouncement(announcement, room)));
  };
  const part: Component = {
    name: 'convergence',
    run: async (signal, ready) => {
      let forget = (): void => undefined;
      void informed.then(() => {
        if (!signal.aborted) forget = catalog.onChange((event) => convergence.note(event));
      });
      ready();
      await every(clock, BEAT_MS, signal, beat);
      forget();
    },
  };
  const status = (): ConvergenceStatus => convergence.status((port) => namesAt(catalog, port));
  declareConvergenceFigures(metrics, () => convergenceNumbersOf(status(), convergence.counters));
  return {
    facts: { status },
    onServed: (model, contentVersion) =>
      convergence.serve(
        {
          hash: viewHashOf(model),
          contentVersion,
          servedAs: (instances) =>
            servedAs(model, (instance) => {
              const key = instanceKey(instance.hostname, instance.id);
              return instances.has(key) ? key : undefined;
            }),
        },
        contestedHoldersOf(model),
      ),
    part,
  };
}

/** Kept with the bytes, which stay the same object until their member tells something new. */
const toldBy = oncePerObject((meta: Uint8Array): { readonly announcement: Announcement | undefined } => ({
  announcement: decodeAnnouncement(readMemberMeta(meta)),
}));

/** Which service has each of the ServicePorts that another one wants, too. */
function contestedHoldersOf({ services, leftOut }: ProxyModel): ReadonlyMap<number, string> {
  const contested = new Set<number>();
  for (const { code, servicePort } of leftOut) {
    const isLost = code === 'SERVICE_PORT_TAKEN' || code === 'PROXY_NAME_TAKEN';
    if (isLost && servicePort !== undefined) contested.add(servicePort);
  }
  const holders = services.flatMap(({ name, ports }) =>
    ports
      .filter(({ servicePort }) => contested.has(servicePort))
      .map(({ servicePort }) => [servicePort, name] as const),
  );
  return new Map(holders);
}

function namesAt(catalog: CatalogReader, port: number): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { services } of catalog.snapshot().servers.values()) {
    for (const { name, status, ports } of services.values()) {
      if (status !== Status.Tombstone && ports?.some(({ servicePort }) => servicePort === port)) names.add(name);
    }
  }
  return names;
}
