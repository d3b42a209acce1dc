import type { LoadedConfig } from '../config/load.js';
import { compileNamePattern } from '../config/name-pattern.js';
import { ownPorts } from '../config/own-ports.js';
import type { Settings } from '../config/table.js';
import { DockerDiscovery } from '../discovery/docker/docker-discovery.js';
import type { Namer } from '../discovery/docker/names.js';
import { StaticDiscovery } from '../discovery/static/static-discovery.js';
import type { DrainControl } from '../http/cluster.js';
import type { Component } from '../lib/lifecycle.js';
import type { Logger } from '../lib/logger.js';
import type { Clock, Millis, WallClock } from '../lib/ports.js';
import type { ProblemBoard } from '../lib/problems.js';
import { declareDockerFigures } from '../metrics/docker-figures.js';
import type { MetricsRegistry } from '../metrics/registry.js';
import { dockerEngine } from '../platform/docker.js';
import { watchFile } from '../platform/watch-file.js';
import type { OnListed } from '../service/discovered.js';
import type { Timestamp } from '../service/timestamp.js';

/** A container that was told to end and does not is given up for drained after so long: somebody has to look at it anyway. */
const STOPPING_FOR_MS: Millis = 10 * 60_000;

/** The sources of services on this host. */
export interface ComposedDiscovery {
  /** In the order in which they start. */
  readonly parts: readonly Component[];
  /** Undefined when it is not asked for. */
  readonly docker: DockerDiscovery | undefined;
  readonly file: StaticDiscovery | undefined;
}

/** Every source of services on this host that is asked for. */
export function composeDiscovery(
  config: LoadedConfig,
  publishedAddress: string,
  deps: {
    readonly onListed: OnListed;
    readonly drains: DrainControl & {
      /** Drains an instance whose container was told to stop. */
      drainStopping(id: string, forMs: Millis): void;
      /** Since when an instance of this host drains; undefined when it does not. */
      drainingSinceNs(id: string): Timestamp | undefined;
    };
    readonly metrics: MetricsRegistry;
    readonly clock: Clock;
    readonly wall: WallClock;
    readonly problems: ProblemBoard;
    readonly log: Logger;
  },
): ComposedDiscovery {
  const { settings } = config;
  const { drains } = deps;
  const { discovery: sources, hostname } = settings.sidecar;
  const facts = { hostname, publishedAddress, ownPorts: ownPorts(settings) };
  const file = sources.includes('static')
    ? new StaticDiscovery(
        { path: settings.staticDiscovery.configFile, ...facts },
        { ...deps, watchFile, log: deps.log.child('static-discovery') },
      )
    : undefined;
  let docker: DockerDiscovery | undefined;
  if (sources.includes('docker')) {
    const { dockerUrl, composeNames, dockerHealthcheck, labelFilter } = settings.dockerDiscovery;
    const found = new DockerDiscovery(
      { ...facts, namer: namerOf(settings), composeNames, dockerHealthcheck, labelFilter },
      {
        ...deps,
        engine: dockerEngine({ url: dockerUrl, certPath: config.dockerCertPath }),
        onStopping: (id) => {
          // What somebody drains by hand goes on until he ends it.
          if (drains.drainingSinceNs(id) === undefined) drains.drainStopping(id, STOPPING_FOR_MS);
        },
        drainingSinceNs: (id) => drains.drainingSinceNs(id),
        onRestarted: (id) => void drains.endDrain(id),
        log: deps.log.child('docker-discovery'),
      },
    );
    declareDockerFigures(deps.metrics, () => found.counters);
    docker = found;
  }
  return { parts: [...(file ? [file] : []), ...(docker ? [docker] : [])], docker, file };
}

function namerOf({ services: { namer, nameLabel, nameMatch } }: Settings): Namer {
  if (namer !== 'regex') return { kind: 'docker_label', label: nameLabel };
  const pattern = compileNamePattern(nameMatch);
  if (!pattern.ok) throw new Error(`services.name_match was not checked: ${pattern.fault}`);
  return { kind: 'regex', pattern: pattern.value };
}
