import { hostname, networkInterfaces } from 'node:os';
import { composeAgent } from '../compose/agent.js';
import { reportOn } from '../compose/check-config.js';
import type { ProgramFlags } from '../config/flags.js';
import { loadSettings, refusedByCheck, type LoadedConfig, type LoadResult } from '../config/load.js';
import { printConfig } from '../config/print.js';
import { publishedAddress, type InterfaceAddress, type PublishedAddress } from '../config/published-address.js';
import { runAll } from '../lib/lifecycle.js';
import type { Logger } from '../lib/logger.js';
import { recordCpuProfile } from '../platform/cpu-profile.js';
import { createLogger } from '../platform/logger.js';
import { readRegularFile } from '../platform/read-regular-file.js';
import { printRemarks, refuse, sentenceOf, stopOnSignals, withScratchFile } from './process.js';

const PROGRAM = 'sidecar';
const PROFILE = 'sidecar.cpu.prof';

/** Runs the agent until a signal ends it. @returns the exit status: 0, or 1 when it could not start or had to give up */
export async function runAgent(flags: ProgramFlags, version: string): Promise<number> {
  const loaded = load(flags);
  if (!loaded.ok) return refuse(PROGRAM, loaded.problems);
  const { config, warnings } = loaded;
  const { settings } = config;
  const address = publishedAddress(settings.sidecar, interfaceAddresses());
  if (!address.ok) return refuse(PROGRAM, [address.fault]);

  const log = createLogger({ level: settings.sidecar.loggingLevel, format: settings.sidecar.loggingFormat });
  greet(log, version, config, address.value);
  for (const { code, message } of [...warnings, ...(address.value.warning ? [address.value.warning] : [])]) {
    log.warn(message, { code });
  }
  const stop = stopOnSignals(log);
  const endProfile = config.cpuProfile ? recordCpuProfile(PROFILE) : undefined;
  try {
    await runAll(composeAgent(config, address.value.address, stop.end, log), stop.signal, log);
    log.info('ended');
    // The original's profile run ends with status 1 on an interrupt; scripts that wait for it know that.
    return endProfile && stop.by() === 'SIGINT' ? 1 : 0;
  } catch (error) {
    log.error(sentenceOf(error), { error });
    return 1;
  } finally {
    endProfile?.();
  }
}

/** `--check-config`: prints what is in force and what HAProxy says of it. @returns 0 when all is sound, else 1 */
export async function checkConfigAndPrint(flags: ProgramFlags): Promise<number> {
  const loaded = load(flags);
  if (!loaded.ok) return refuse(PROGRAM, loaded.problems);
  const { config, warnings } = loaded;
  const address = publishedAddress(config.settings.sidecar, interfaceAddresses());
  if (!address.ok) return refuse(PROGRAM, [address.fault]);
  process.stdout.write(`${printConfig(config)}\n`);
  const log = createLogger({ level: 'error', format: 'standard' });
  const report = await withScratchFile('haproxy.cfg', (scratch) =>
    reportOn(config, address.value.address, scratch, log),
  );
  printRemarks([`published address: ${address.value.address}`, ...report.lines]);
  const errors = refusedByCheck(warnings);
  const ofAddress = address.value.warning ? [address.value.warning] : [];
  const remarks = [...warnings.filter((warning) => !errors.includes(warning)), ...ofAddress];
  printRemarks(remarks.map(({ message }) => `warning: ${message}`));
  if (errors.length > 0) return refuse(PROGRAM, errors);
  return report.sound ? 0 : 1;
}

function load(flags: ProgramFlags): LoadResult {
  return loadSettings({ flags, env: process.env, readFile: readRegularFile, hostname: hostname() });
}

function greet(log: Logger, version: string, config: LoadedConfig, { address }: PublishedAddress): void {
  const { sidecar, http, haproxy } = config.settings;
  log.info(`Sidecar ${version} starts`, {
    host: sidecar.hostname,
    address,
    cluster: sidecar.clusterName,
    config: config.file ?? 'environment',
    discovery: sidecar.discovery.join(',') || 'none',
    http: `${http.bindIp}:${http.port}`,
    haproxy: haproxy.disable ? 'disabled' : (haproxy.configFile ?? 'not managed'),
  });
}

function interfaceAddresses(): readonly InterfaceAddress[] {
  return Object.entries(networkInterfaces()).flatMap(([name, addresses]) =>
    (addresses ?? []).map(({ address, family, internal }) => ({ interface: name, address, family, internal })),
  );
}
