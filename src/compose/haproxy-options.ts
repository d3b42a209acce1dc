import { ownPorts } from '../config/own-ports.js';
import type { Settings } from '../config/table.js';
import { formatHostPort } from '../config/address-kinds.js';
import type { HaproxyOptions } from '../haproxy/options.js';

/** The slice of the settings that `src/haproxy` works on; undefined when HAProxy is not to be managed. */
export function haproxyOptionsOf(settings: Settings): HaproxyOptions | undefined {
  const { haproxy } = settings;
  if (haproxy.disable || haproxy.configFile === undefined) return undefined;
  return {
    bindIp: haproxy.bindIp,
    templateFile: haproxy.templateFile,
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
    ownPorts: ownPorts(settings),
  };
}
