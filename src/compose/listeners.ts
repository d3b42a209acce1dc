import { hostname } from 'node:os';
import type { CatalogReader } from '../catalog/reader.js';
import type { LoadedConfig } from '../config/load.js';
import { Listeners } from '../listeners/listeners.js';
import type { Logger } from '../lib/logger.js';
import type { Clock, Random, WallClock } from '../lib/ports.js';
import type { ProblemBoard } from '../lib/problems.js';
import { declareListenerFigures } from '../metrics/listener-figures.js';
import type { MetricsRegistry } from '../metrics/registry.js';
import { sendHttp } from '../platform/http-client.js';
import { probeTcp } from '../platform/tcp-probe.js';

/** Who is told of changes. Services that ask for it are added as they are listed. */
export function composeListeners(
  { settings }: LoadedConfig,
  deps: {
    readonly catalog: CatalogReader;
    readonly metrics: MetricsRegistry;
    readonly clock: Clock;
    readonly wall: WallClock;
    readonly random: Random;
    readonly problems: ProblemBoard;
    readonly log: Logger;
  },
): Listeners {
  // The system's name and not that of records: it is the one that this host can look up (contract section 8.3).
  const options = { ...settings.listeners, hostname: hostname() };
  const listeners = new Listeners(options, {
    ...deps,
    send: sendHttp,
    probe: probeTcp,
    log: deps.log.child('listeners'),
  });
  declareListenerFigures(deps.metrics, () => {
    const all = listeners.status();
    const inState = (wanted: string): number => all.filter(({ state }) => state === wanted).length;
    return {
      totals: listeners.totals,
      byState: { ok: inState('ok'), retrying: inState('retrying'), away: inState('away') },
      pending: all.reduce((sum, { pending }) => sum + pending, 0),
    };
  });
  return listeners;
}
