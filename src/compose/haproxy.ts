import { Departures } from '../catalog/departures.js';
import type { CatalogReader, MembersReader } from '../catalog/reader.js';
import type { OnServed } from '../haproxy/applying.js';
import type { ProxyNews } from '../haproxy/diary.js';
import { HaproxyManager } from '../haproxy/manager.js';
import type { HaproxyOptions } from '../haproxy/options.js';
import { ProxyMemory } from '../haproxy/proxy-memory.js';
import type { ProxyFacts } from '../http/proxy.js';
import type { Logger } from '../lib/logger.js';
import type { Clock, WallClock } from '../lib/ports.js';
import type { ProblemBoard } from '../lib/problems.js';
import { declareHaproxyFigures } from '../metrics/haproxy-figures.js';
import type { MetricsRegistry } from '../metrics/registry.js';
import { runCommand } from '../platform/command.js';
import { systemFiles } from '../platform/files.js';
import { systemListening } from '../platform/listening.js';
import { lookupAddresses } from '../platform/lookup-addresses.js';
import { systemProcesses } from '../platform/processes.js';
import { askUnixSocket } from '../platform/unix-socket.js';
import { numbersOf } from './metrics.js';
import { proxyFacts } from './proxy-facts.js';

/** What drives HAProxy, and what has to be known for it. */
export interface ComposedHaproxy {
  readonly departures: Departures;
  readonly memory: ProxyMemory;
  /** Undefined when HAProxy is left alone; so are its facts. */
  readonly manager: HaproxyManager | undefined;
  readonly facts: ProxyFacts | undefined;
  /** A host is held for dead. */
  hostDied(host: string): void;
}

/** @param options undefined: HAProxy is left alone */
export function composeHaproxy(
  options: HaproxyOptions | undefined,
  deps: {
    readonly catalog: CatalogReader;
    readonly members: MembersReader;
    readonly settled: Promise<void>;
    readonly informed: Promise<void>;
    readonly metrics: MetricsRegistry;
    readonly onServed?: OnServed;
    readonly onNews?: (news: ProxyNews) => void;
    /** Has the kept states written now. */
    readonly keepNow: () => void;
    readonly clock: Clock;
    readonly wall: WallClock;
    readonly problems: ProblemBoard;
    readonly log: Logger;
  },
): ComposedHaproxy {
  const { metrics, clock, wall } = deps;
  const departures = new Departures(deps);
  const memory = new ProxyMemory(deps.keepNow);
  const figures = declareHaproxyFigures(metrics, () => facts && numbersOf(facts.facts()));
  const manager =
    options &&
    new HaproxyManager(options, {
      ...deps,
      departures,
      memory,
      lookup: lookupAddresses,
      onApplied: figures.applied,
      run: runCommand,
      files: systemFiles,
      processes: systemProcesses,
      listening: systemListening,
      askSocket: askUnixSocket,
      log: deps.log.child('haproxy'),
    });
  const facts =
    manager &&
    proxyFacts({
      ...deps,
      haproxy: manager,
      departures,
      templateDir: options.templateDir,
      readFile: (path) => systemFiles.read(path),
      now: () => clock.now(),
      wall,
    });
  return {
    departures,
    memory,
    manager,
    facts,
    hostDied: (host) => {
      departures.memberDied(host);
      manager?.reconsider();
    },
  };
}
