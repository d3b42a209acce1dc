import { mkdtempSync, rmSync } from 'node:fs';
import { hostname, networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { composeAgent } from '../compose/agent.js';
import { reportOn } from '../compose/check-config.js';
import type { Finding } from '../config/finding.js';
import type { AgentFlags } from '../config/flags.js';
import { loadSettings, refusedByCheck, type LoadedConfig, type LoadResult } from '../config/load.js';
import { printConfig } from '../config/print.js';
import { publishedAddress, type InterfaceAddress, type PublishedAddress } from '../config/published-address.js';
import { messageOf } from '../lib/fault.js';
import { runAll } from '../lib/lifecycle.js';
import type { Logger } from '../lib/logger.js';
import { recordCpuProfile } from '../platform/cpu-profile.js';
import { createLogger } from '../platform/logger.js';
import { readRegularFile } from '../platform/read-regular-file.js';

/** The longest that parts may take to end after a signal; past it the process ends without them. */
const STOP_WITHIN_MS = 15_000;
const PROFILE = 'sidecar.cpu.prof';

/** Runs the agent until a signal ends it. @returns the exit status: 0, or 1 when it could not start or had to give up */
export async function runAgent(flags: AgentFlags, version: string): Promise<number> {
  const loaded = load(flags);
  if (!loaded.ok) return refuse(loaded.problems);
  const { config, warnings } = loaded;
  const { settings } = config;
  const address = publishedAddress(settings.sidecar, interfaceAddresses());
  if (!address.ok) return refuse([address.fault]);

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
export async function checkConfigAndPrint(flags: AgentFlags): Promise<number> {
  const loaded = load(flags);
  if (!loaded.ok) return refuse(loaded.problems);
  const { config, warnings } = loaded;
  const address = publishedAddress(config.settings.sidecar, interfaceAddresses());
  if (!address.ok) return refuse([address.fault]);
  process.stdout.write(`${printConfig(config)}\n`);
  const folder = mkdtempSync(join(tmpdir(), 'sidecar-check-'));
  const log = createLogger({ level: 'error', format: 'standard' });
  const report = await reportOn(config, address.value.address, join(folder, 'haproxy.cfg'), log).finally(() =>
    rmSync(folder, { recursive: true }),
  );
  process.stdout.write(`# published address: ${address.value.address}\n`);
  for (const line of report.lines) process.stdout.write(`# ${line.replaceAll('\n', '\n#   ')}\n`);
  const errors = refusedByCheck(warnings);
  const ofAddress = address.value.warning ? [address.value.warning] : [];
  const remarks = [...warnings.filter((warning) => !errors.includes(warning)), ...ofAddress];
  for (const { message } of remarks) process.stdout.write(`# warning: ${message}\n`);
  if (errors.length > 0) return refuse(errors);
  return report.sound ? 0 : 1;
}

function load(flags: AgentFlags): LoadResult {
  return loadSettings({ flags, env: process.env, readFile: readRegularFile, hostname: hostname() });
}

/** Says everything that is wrong, one line each, before anything was started. */
function refuse(problems: readonly Finding[]): number {
  for (const { code, message } of problems) process.stderr.write(`sidecar: ${message} [${code}]\n`);
  return 1;
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

/** Ends the parts on the first signal; later ones change nothing, since the end is bounded anyway. */
function stopOnSignals(log: Logger): {
  readonly signal: AbortSignal;
  /** Ends everything without a signal. */
  readonly end: () => void;
  by(): NodeJS.Signals | undefined;
} {
  const stop = new AbortController();
  let by: NodeJS.Signals | undefined;
  const end = (signal?: NodeJS.Signals): void => {
    if (stop.signal.aborted) return;
    by = signal;
    log.info(`${signal ?? 'asked to leave'}: ending`);
    setTimeout(() => {
      log.error(`some part did not end within ${STOP_WITHIN_MS / 1000} s of ${signal ?? 'the request to leave'}`);
      process.exit(1);
    }, STOP_WITHIN_MS).unref();
    stop.abort();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end);
  // HAProxy's signal for a soft stop, sent to a stale pid, would otherwise open Node's debugger.
  process.on('SIGUSR1', () => log.warn('SIGUSR1 is ignored: it was most likely meant for an HAProxy'));
  return { signal: stop.signal, end: () => end(), by: () => by };
}

function interfaceAddresses(): readonly InterfaceAddress[] {
  return Object.entries(networkInterfaces()).flatMap(([name, addresses]) =>
    (addresses ?? []).map(({ address, family, internal }) => ({ interface: name, address, family, internal })),
  );
}

/** The first fault of a part, with what caused it: `http failed: Can't start HTTP server (…)`. */
function sentenceOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause === undefined ? messageOf(error) : `${messageOf(error)}: ${messageOf(cause)}`;
}
