import type { ApiSettings } from '../config/haproxy-api-table.js';
import type { LoadedConfig } from '../config/load.js';
import { ownPorts } from '../config/own-ports.js';
import type { Settings } from '../config/table.js';
import { parseStaticFile } from '../discovery/static/static-file.js';
import { Catalog } from '../catalog/catalog.js';
import { checkConfig } from '../haproxy/check.js';
import { sentenceOf } from '../haproxy/fault.js';
import type { HaproxyOptions } from '../haproxy/options.js';
import { messageOf } from '../lib/fault.js';
import type { Logger } from '../lib/logger.js';
import { systemClock, systemWallClock } from '../platform/clock.js';
import { runCommandAlone } from '../platform/command.js';
import { systemFiles } from '../platform/files.js';
import { systemListening } from '../platform/listening.js';
import { systemProcesses } from '../platform/processes.js';
import type { DiscoveredService } from '../service/discovered.js';
import { Status, type Service } from '../service/service.js';
import { apiHaproxyOptionsOf, haproxyOptionsOf } from './haproxy-options.js';
import { sampleServices } from './sample-services.js';

/** What `--check-config` found out beyond the settings themselves. */
export interface ConfigReport {
  /** Sentences for people, in the order of looking. */
  readonly lines: readonly string[];
  /** False when the program would run into trouble that an operator should mend first. */
  readonly sound: boolean;
}

/**
 * Renders the template for what the static file names, plus a fixed sample of each mode, and lets HAProxy verify it. Nothing of
 * the running system is touched.
 *
 * @param scratch path of a file that may be created and removed
 */
export async function reportOn(
  config: LoadedConfig,
  publishedAddress: string,
  scratch: string,
  log: Logger,
): Promise<ConfigReport> {
  const { settings } = config;
  const found = await staticServices(settings, publishedAddress);
  const { lines, sound } = await verify(
    settings.sidecar,
    [...found.services, ...sampleServices(publishedAddress)],
    haproxyOptionsOf(config),
    scratch,
    log,
  );
  return { lines: [...found.lines, ...lines], sound: found.sound && sound };
}

/** The same for haproxy-api, which knows of no service before somebody tells: only the samples are rendered. */
export function reportOnApi(settings: ApiSettings, scratch: string, log: Logger): Promise<ConfigReport> {
  const cluster = { clusterName: 'default', hostname: 'localhost' };
  return verify(cluster, sampleServices('127.0.0.1'), apiHaproxyOptionsOf(settings, cluster.hostname), scratch, log);
}

async function verify(
  cluster: { readonly clusterName: string; readonly hostname: string },
  services: readonly DiscoveredService[],
  options: HaproxyOptions | undefined,
  scratch: string,
  log: Logger,
): Promise<ConfigReport> {
  if (!options) return { lines: ['HAProxy is not managed: nothing to verify'], sound: true };
  const { clusterName, hostname } = cluster;
  const catalog = new Catalog({ clusterName, hostname }, systemClock);
  for (const service of services) catalog.merge(asRecord(service), { reason: 'discovered' });
  const deps = {
    files: systemFiles,
    processes: systemProcesses,
    listening: systemListening,
    run: runCommandAlone,
    log,
  };
  const { fault, notice, findings } = await checkConfig(catalog.snapshot(), options, scratch, deps);
  const lines = [
    ...(notice === undefined ? [] : [`template: ${notice}`]),
    ...findings.map(({ message }) => `left out or odd: ${message}`),
    fault ? `HAProxy: ${sentenceOf(fault)}` : 'HAProxy accepts the rendered configuration',
  ];
  // Whoever writes a configuration on a machine without HAProxy still wants to know whether the rest is sound.
  return { lines, sound: fault === undefined || fault.code === 'HAPROXY_MISSING' };
}

async function staticServices(
  settings: Settings,
  publishedAddress: string,
): Promise<ConfigReport & { readonly services: readonly DiscoveredService[] }> {
  if (!settings.sidecar.discovery.includes('static')) return { lines: [], sound: true, services: [] };
  const path = settings.staticDiscovery.configFile;
  const read = await systemFiles.read(path).catch((error: unknown) => new Error(messageOf(error)));
  if (typeof read !== 'string') {
    return { lines: [`static file: ${read?.message ?? `${path} does not exist`}`], sound: false, services: [] };
  }
  const { hostname } = settings.sidecar;
  const facts = { hostname, publishedAddress, ownPorts: ownPorts(settings), nowNs: systemWallClock().nowNs() };
  const parsed = parseStaticFile(read, facts);
  if (!parsed.ok) return { lines: [`static file: ${path} ${parsed.fault.message}`], sound: false, services: [] };
  const { services, refused } = parsed.value;
  const lines = [
    `static file: ${path} names ${services.length} service instances`,
    ...refused.map(({ message }) => `static file: ${message}`),
  ];
  return { lines, sound: refused.length === 0, services };
}

function asRecord({ id, name, image, created, hostname, ports, proxyMode }: DiscoveredService): Service {
  return { id, name, image, created, hostname, ports, proxyMode, updated: created, status: Status.Alive };
}
