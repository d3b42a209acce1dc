import type { Millis } from '../lib/ports.js';
import type { Processes } from './ports.js';
import type { RenderOptions } from './render.js';

/** The settings of `[haproxy]`, by their names there. Empty texts mean none or built in. */
export interface HaproxyOptions {
  /** Of this host, as records have it: whose state is served may be another one's. */
  readonly hostname: string;
  readonly bindIp: string;
  readonly templateFile: string;
  /** Never empty: without it there is nothing to manage. */
  readonly configFile: string;
  /** Empty = `haproxy.pid` beside `configFile`. */
  readonly pidFile: string;
  readonly reloadCommand: string;
  readonly verifyCommand: string;
  readonly startCommand: string;
  readonly user: string;
  readonly group: string;
  readonly useHostnames: boolean;
  readonly runtimeSocket: string;
  readonly statsBind: string;
  readonly supervise: boolean;
  readonly stopOnExit: boolean;
  readonly reloadIntervalMs: Millis;
  readonly drainTimeoutMs: Millis;
  readonly drainTimeoutTcpMs: Millis;
  readonly staleHoldMs: Millis;
  readonly hardStopAfterMs: Millis;
  /** At least 1. */
  readonly maxOldProcesses: number;
  readonly useRuntimeApi: boolean;
  /** Empty = none. */
  readonly templateDir: string;
  /** ServicePorts that no service may have, with what they serve: `7777` → `HTTP API`. */
  readonly ownPorts: ReadonlyMap<number, string>;
}

/** What of the settings goes into the file: only root may hand HAProxy to another user. */
export function renderOptionsOf(
  options: HaproxyOptions,
  { runsAsRoot, fileLimit }: Pick<Processes, 'runsAsRoot' | 'fileLimit'>,
): Omit<RenderOptions, 'serverStateFile'> {
  return { ...options, fileLimit, ...(runsAsRoot ? {} : { user: '', group: '' }) };
}
