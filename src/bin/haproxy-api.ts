#!/usr/bin/env node
import { hostname } from 'node:os';
import { reportOnApi } from '../compose/check-config.js';
import { composeHaproxyApi } from '../compose/haproxy-api.js';
import { parseFlags, type ProgramFlags } from '../config/flags.js';
import { API_FLAGS, loadApiSettings, type ApiConfig } from '../config/haproxy-api-load.js';
import { API_ROWS } from '../config/haproxy-api-table.js';
import { refusedByCheck, type LoadResult } from '../config/load.js';
import { printConfig } from '../config/print.js';
import { apiHelpText } from '../config/usage.js';
import { runAll } from '../lib/lifecycle.js';
import type { Logger } from '../lib/logger.js';
import { withoutPassword } from '../lib/printable.js';
import { createLogger } from '../platform/logger.js';
import { readRegularFile } from '../platform/read-regular-file.js';
import { ownVersion, printRemarks, refuse, sentenceOf, stopOnSignals, withScratchFile } from './process.js';

const PROGRAM = 'haproxy-api';

process.exitCode = await commandLine(parseFlags(process.argv.slice(2), API_FLAGS));

async function commandLine(flags: ProgramFlags): Promise<number> {
  switch (flags.action) {
    case 'help':
    case 'help-long':
    case 'help-man':
      process.stdout.write(apiHelpText(flags.action === 'help-long'));
      return 0;
    case 'version':
      process.stdout.write(`${PROGRAM} ${ownVersion()}\n`);
      return 0;
    case 'check-config':
      return checkConfigAndPrint(flags);
    case 'run':
      return run(flags);
  }
}

/** @returns the exit status: 0 after a signal, or 1 when it could not start or had to give up */
async function run(flags: ProgramFlags): Promise<number> {
  const loaded = load(flags);
  if (!loaded.ok) return refuse(PROGRAM, loaded.problems);
  const { config, warnings } = loaded;
  const { loggingLevel: level, loggingFormat: format } = config.settings.haproxyApi;
  const log = createLogger({ level, format });
  greet(log, config);
  for (const { code, message } of warnings) log.warn(message, { code });
  const stop = stopOnSignals(log);
  try {
    await runAll(composeHaproxyApi(config, hostname(), log), stop.signal, log);
    log.info('ended');
    return 0;
  } catch (error) {
    log.error(sentenceOf(error), { error });
    return 1;
  }
}

/** Prints what is in force and what HAProxy says of it. @returns 0 when all is sound, else 1 */
async function checkConfigAndPrint(flags: ProgramFlags): Promise<number> {
  const loaded = load(flags);
  if (!loaded.ok) return refuse(PROGRAM, loaded.problems);
  const { config, warnings } = loaded;
  process.stdout.write(`${printConfig(config, API_ROWS)}\n`);
  const log = createLogger({ level: 'error', format: 'standard' });
  const report = await withScratchFile('haproxy.cfg', (scratch) => reportOnApi(config.settings, scratch, log));
  const errors = refusedByCheck(warnings);
  const remarks = warnings.filter((warning) => !errors.includes(warning));
  printRemarks([...report.lines, ...remarks.map(({ message }) => `warning: ${message}`)]);
  if (errors.length > 0) return refuse(PROGRAM, errors);
  return report.sound ? 0 : 1;
}

function load(flags: ProgramFlags): LoadResult<ApiConfig> {
  return loadApiSettings({ flags, env: process.env, readFile: readRegularFile });
}

function greet(log: Logger, { file, settings }: ApiConfig): void {
  const { haproxyApi, haproxy, sidecar } = settings;
  log.info(`haproxy-api ${ownVersion()} starts`, {
    config: file ?? 'environment',
    http: `${haproxyApi.bindIp}:${haproxyApi.bindPort}`,
    ...(haproxyApi.follow.length > 0
      ? { follow: haproxyApi.follow.map(withoutPassword) }
      : { stateUrl: sidecar.stateUrl && withoutPassword(sidecar.stateUrl) }),
    haproxy: haproxy.configFile ?? 'not managed',
  });
}
