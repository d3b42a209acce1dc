import { httpUrl, ip, upstreamUrl } from './address-kinds.js';
import { haproxy } from './haproxy-table.js';
import { integer, list, optional, port } from './kind.js';
import { rowsOf, type Row, type SettingsOf } from './rows.js';
import { setting, type Setting } from './setting.js';
import { loggingFormat, loggingLevel, path, token } from './word-kinds.js';

/** Begins every variable of haproxy-api. */
const PREFIX = 'HAPROXY_API';

/** A setting of the agent's without its flag and variables, but with what the original calls its variable here. */
function shared<T>({ kind, initial, help }: Setting<T>, variable?: string): Setting<T> {
  return { kind, initial, help, ...(variable === undefined ? {} : { aliases: [`${PREFIX}_HAPROXY_${variable}`] }) };
}

/** Every setting of haproxy-api.toml, contract section 10.2, and those of `[haproxy]` that the agent has as well. */
export const API_TABLE = {
  haproxyApi: {
    bindIp: setting(ip, '0.0.0.0', 'address of the HTTP API'),
    bindPort: setting(port, 7778, 'port of the HTTP API'),
    loggingLevel: setting(loggingLevel, 'info', 'debug, info, warn or error', {
      aliases: ['HAPROXYAPI_LOGGING_LEVEL'],
    }),
    loggingFormat: setting(loggingFormat, 'standard', 'standard (for people) or json (one object a line)'),
    follow: setting(
      list(upstreamUrl, 'list of host:port'),
      [],
      'agents to follow, the first that answers is followed',
      {
        flag: { name: 'follow', short: 'F', value: 'HOST:PORT' },
        aliases: ['HAPROXY_API_FOLLOW'],
      },
    ),
    token: setting(optional(token), undefined, 'bearer token for POST /update'),
    tokenFile: setting(optional(path), undefined, 'file that holds the token'),
    maxBody: setting(integer({ min: 1, max: 20_971_520 }), 20_971_520, 'largest body of POST /update, bytes'),
    stateDir: setting(path, '/var/lib/haproxy-api', 'folder for what survives a restart: the last state'),
  },
  haproxy: {
    bindIp: shared(haproxy.bindIp, 'BINDIP'),
    template: setting(path, '', "template of haproxy.cfg; empty, or the original's stock one: the built-in one"),
    templateDir: setting(haproxy.templateDir.kind, undefined, 'folder of templates that /api/proxy/plan may name'),
    configFile: shared(haproxy.configFile, 'CONFIGFILE'),
    pidFile: shared(haproxy.pidFile, 'PIDFILE'),
    reloadCmd: shared(haproxy.reloadCommand, 'RELOADCMD'),
    verifyCmd: shared(haproxy.verifyCommand, 'VERIFYCMD'),
    startCommand: setting(haproxy.startCommand.kind, undefined, 'starts HAProxy, when reload_cmd is your own'),
    user: shared(haproxy.user),
    group: shared(haproxy.group),
    useHostnames: shared(haproxy.useHostnames, 'USEHOSTNAMES'),
    runtimeSocket: shared(haproxy.runtimeSocket),
    statsBind: shared(haproxy.statsBind),
    supervise: shared(haproxy.supervise),
    stopOnExit: setting(haproxy.stopOnExit.kind, false, 'end HAProxy with haproxy-api'),
    reloadInterval: shared(haproxy.reloadInterval),
    startupGrace: setting(
      haproxy.startupGrace.kind,
      5000,
      'how long an HAProxy that runs is left as it is while only the state of before the restart is known',
    ),
    drainTimeout: shared(haproxy.drainTimeout),
    drainTimeoutTcp: shared(haproxy.drainTimeoutTcp),
    staleHold: shared(haproxy.staleHold),
    hardStopAfter: shared(haproxy.hardStopAfter),
    maxOldProcesses: shared(haproxy.maxOldProcesses),
    useRuntimeApi: shared(haproxy.useRuntimeApi),
  },
  sidecar: {
    stateUrl: setting(optional(httpUrl), undefined, 'where the first state is fetched from; not when following'),
  },
};

/** What the operator of haproxy-api asked for: validated, complete, frozen. */
export type ApiSettings = SettingsOf<typeof API_TABLE>;

/** Every setting of haproxy-api, in the order of the table. */
export const API_ROWS: readonly Row[] = rowsOf(API_TABLE, (_, name) => `${PREFIX}_${name}`);
