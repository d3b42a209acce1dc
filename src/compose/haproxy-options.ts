import type { ApiSettings } from '../config/haproxy-api-table.js';
import { apiOwnPorts, ownPorts } from '../config/own-ports.js';
import type { LoadedConfig } from '../config/load.js';
import type { Settings } from '../config/table.js';
import { formatHostPort } from '../config/address-kinds.js';
import type { HaproxyOptions } from '../haproxy/options.js';
import type { RenditionOptions } from '../haproxy/renditions.js';

/** The slice of the settings that `src/haproxy` works on; undefined when HAProxy is not to be managed. */
export function haproxyOptionsOf(config: LoadedConfig): HaproxyOptions | undefined {
  const { settings } = config;
  const { haproxy } = settings;
  if (haproxy.disable || haproxy.configFile === undefined) return undefined;
  return {
    ...sharedOf(haproxy, haproxy.configFile),
    hostname: settings.sidecar.hostname,
    templateFile: templateFileOf(config),
    reloadCommand: haproxy.reloadCommand ?? '',
    verifyCommand: haproxy.verifyCommand ?? '',
    ownPorts: ownPorts(settings),
  };
}

/**
 * The same of haproxy-api's settings; undefined when no configuration file is named.
 *
 * @param hostname of this host, by the system
 */
export function apiHaproxyOptionsOf(settings: ApiSettings, hostname: string): HaproxyOptions | undefined {
  const { haproxy } = settings;
  if (haproxy.configFile === undefined) return undefined;
  return {
    ...sharedOf(haproxy, haproxy.configFile),
    hostname,
    templateFile: haproxy.template,
    reloadCommand: haproxy.reloadCmd ?? '',
    verifyCommand: haproxy.verifyCmd ?? '',
    ownPorts: apiOwnPorts(settings),
  };
}

/** What has one name in both files. */
function sharedOf(
  haproxy: Pick<Settings['haproxy'], keyof Settings['haproxy'] & keyof ApiSettings['haproxy']>,
  configFile: string,
): Omit<HaproxyOptions, 'hostname' | 'templateFile' | 'reloadCommand' | 'verifyCommand' | 'ownPorts'> {
  return {
    bindIp: haproxy.bindIp,
    configFile,
    pidFile: haproxy.pidFile ?? '',
    startCommand: haproxy.startCommand ?? '',
    user: haproxy.user,
    group: haproxy.group,
    useHostnames: haproxy.useHostnames,
    runtimeSocket: haproxy.runtimeSocket,
    statsBind: haproxy.statsBind ? formatHostPort(haproxy.statsBind) : '',
    supervise: haproxy.supervise,
    stopOnExit: haproxy.stopOnExit,
    reloadIntervalMs: haproxy.reloadInterval,
    drainTimeoutMs: haproxy.drainTimeout,
    drainTimeoutTcpMs: haproxy.drainTimeoutTcp,
    staleHoldMs: haproxy.staleHold,
    hardStopAfterMs: haproxy.hardStopAfter,
    maxOldProcesses: haproxy.maxOldProcesses,
    useRuntimeApi: haproxy.useRuntimeApi,
    templateDir: haproxy.templateDir ?? '',
  };
}

/** What of the settings holds for HAProxys elsewhere as well, whether or not one is managed here. */
export function renditionOptionsOf(config: LoadedConfig): RenditionOptions {
  const { haproxy } = config.settings;
  return {
    templateFile: templateFileOf(config),
    templateDir: haproxy.templateDir ?? '',
    staleHoldMs: haproxy.staleHold,
    hardStopAfterMs: haproxy.hardStopAfter,
    ownPorts: ownPorts(config.settings),
  };
}

/** The default names the original's template: nobody who did not ask for it has to be told that it is not there. */
const templateFileOf = ({ settings, sourced }: LoadedConfig): string =>
  sourced.get('haproxy.template_file')?.origin.kind === 'default' ? '' : settings.haproxy.templateFile;
