import { ownPorts } from '../config/own-ports.js';
import type { LoadedConfig } from '../config/load.js';
import { formatHostPort } from '../config/address-kinds.js';
import type { HaproxyOptions } from '../haproxy/options.js';

/** The slice of the settings that `src/haproxy` works on; undefined when HAProxy is not to be managed. */
export function haproxyOptionsOf({ settings, sourced }: LoadedConfig): HaproxyOptions | undefined {
  const { haproxy } = settings;
  // The default names the original's template: nobody who did not ask for it has to be told that it is not there.
  const isTemplateAsked = sourced.get('haproxy.template_file')?.origin.kind !== 'default';
  if (haproxy.disable || haproxy.configFile === undefined) return undefined;
  return {
    bindIp: haproxy.bindIp,
    templateFile: isTemplateAsked ? haproxy.templateFile : '',
    configFile: haproxy.configFile,
    pidFile: haproxy.pidFile ?? '',
    reloadCommand: haproxy.reloadCommand ?? '',
    verifyCommand: haproxy.verifyCommand ?? '',
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
    ownPorts: ownPorts(settings),
  };
}
