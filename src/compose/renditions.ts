import type { CatalogReader } from '../catalog/reader.js';
import type { LoadedConfig } from '../config/load.js';
import { Renditions } from '../haproxy/renditions.js';
import type { Logger } from '../lib/logger.js';
import type { Clock } from '../lib/ports.js';
import { declareRenditionFigures } from '../metrics/rendition-figures.js';
import type { MetricsRegistry } from '../metrics/registry.js';
import { systemFiles } from '../platform/files.js';
import type { ComposedHaproxy } from './haproxy.js';
import { renditionOptionsOf } from './haproxy-options.js';

/** The configurations for HAProxys elsewhere. */
export function composeRenditions(
  config: LoadedConfig,
  { departures, manager, memory }: ComposedHaproxy,
  deps: {
    readonly catalog: CatalogReader;
    readonly settled: Promise<void>;
    readonly informed: Promise<void>;
    readonly metrics: MetricsRegistry;
    readonly clock: Clock;
    readonly log: Logger;
  },
): Renditions {
  const { catalog, clock, informed, log, metrics, settled } = deps;
  const renditions = new Renditions(renditionOptionsOf(config), {
    ...{ catalog, departures, clock },
    holders: () => memory.holders,
    rejected: () => manager?.rejected() ?? new Map(),
    informed: Promise.all([settled, informed]),
    files: systemFiles,
    log: log.child('haproxy'),
  });
  declareRenditionFigures(metrics, () => renditions.counts());
  return renditions;
}
