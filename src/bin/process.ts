import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Finding } from '../config/finding.js';
import { messageOf } from '../lib/fault.js';
import type { Logger } from '../lib/logger.js';

/** The longest that parts may take to end after a signal; past it the process ends without them. */
const STOP_WITHIN_MS = 15_000;

/** What ends a process. */
export interface Stop {
  readonly signal: AbortSignal;
  /** Ends everything without a signal. */
  readonly end: () => void;
  by(): NodeJS.Signals | undefined;
}

/** Ends the parts on the first signal; later ones change nothing, since the end is bounded anyway. */
export function stopOnSignals(log: Logger): Stop {
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

/** Says everything that is wrong, one line each, before anything was started. @returns the exit status */
export function refuse(program: string, problems: readonly Finding[]): 1 {
  for (const { code, message } of problems) process.stderr.write(`${program}: ${message} [${code}]\n`);
  return 1;
}

/** The first fault of a part, with what caused it: `http failed: Can't start HTTP server (…)`. */
export function sentenceOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause === undefined ? messageOf(error) : `${messageOf(error)}: ${messageOf(cause)}`;
}

/** Lets `act` have the path of a file that may be created; it is removed afterwards. */
export async function withScratchFile<T>(name: string, act: (path: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'sidecar-check-'));
  return act(join(folder, name)).finally(() => rmSync(folder, { recursive: true }));
}

/** Lines of a report beside a configuration in TOML. */
export function printRemarks(lines: readonly string[]): void {
  for (const line of lines) process.stdout.write(`# ${line.replaceAll('\n', '\n#   ')}\n`);
}

/** The version of the package that this program is in. */
export function ownVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  return version;
}
