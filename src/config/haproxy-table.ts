import { bindAddress, hostPort } from './address-kinds.js';
import { boolean, duration, integer, optional } from './kind.js';
import { setting } from './setting.js';
import { account, command, haproxySocket, path } from './word-kinds.js';

/** The table `[haproxy]`. */
export const haproxy = {
  disable: setting(boolean, false, 'leave HAProxy alone', {
    extra: {
      flag: { name: 'haproxy-disable', short: 'x' },
      aliases: ['SIDECAR_HAPROXY_DISABLE'],
      join: (asked, disabled) => asked || disabled, // either suffices, as ever
    },
  }),
  bindIp: setting(bindAddress, '', 'address the services are offered at; empty: all', {
    v2Initial: '192.168.168.168',
    aliases: ['BIND_IP'],
  }),
  templateFile: setting(path, 'views/haproxy.cfg', 'template of haproxy.cfg; when it is missing, the built-in one'),
  templateDir: setting(optional(path), undefined, 'folder of templates that /haproxy.cfg and /api/proxy/plan may name'),
  configFile: setting(optional(path), undefined, 'file to write; empty: HAProxy is left alone', {
    v2Initial: '/etc/haproxy.cfg',
  }),
  pidFile: setting(optional(path), undefined, "HAProxy's pid file", { v2Initial: '/var/run/haproxy.pid' }),
  reloadCommand: setting(optional(command), undefined, 'reloads HAProxy; empty: built in'),
  verifyCommand: setting(optional(command), undefined, 'verifies the file; empty: haproxy -c'),
  startCommand: setting(optional(command), undefined, 'starts HAProxy, when reload_command is your own'),
  user: setting(account, '', 'user HAProxy runs as', { v2Initial: 'haproxy' }),
  group: setting(account, '', 'group HAProxy runs as', { v2Initial: 'haproxy' }),
  useHostnames: setting(boolean, false, 'servers by the host name of their record instead of their address', {
    aliases: ['USE_HOSTNAMES'],
  }),
  runtimeSocket: setting(haproxySocket, '/var/run/haproxy_stats.sock', "HAProxy's Runtime API"),
  statsBind: setting(
    optional(hostPort),
    { host: '127.0.0.1', port: 3212 },
    "where HAProxy's statistics page is; empty: nowhere",
  ),
  supervise: setting(boolean, true, 'start HAProxy when it does not run'),
  stopOnExit: setting(boolean, false, 'end HAProxy with the agent'),
  reloadInterval: setting(duration(), 1000, 'at most one reload in this time'),
  startupGrace: setting(
    duration({ zero: 0 }),
    5000,
    'how long the first configuration and readiness wait for discovery, first checks and a seed',
  ),
  drainTimeout: setting(duration({ zero: 0 }), 30_000, 'how long requests to a removed server may take'),
  drainTimeoutTcp: setting(duration({ zero: 0 }), 3_600_000, 'the same for tcp and ws'),
  staleHold: setting(duration({ zero: 0 }), 300_000, 'how long the last servers of a lost service are kept'),
  hardStopAfter: setting(duration(), 600_000, 'how long an old HAProxy may live on after a reload'),
  maxOldProcesses: setting(integer({ min: 1, max: 1000 }), 5, 'old HAProxy processes kept at once'),
  useRuntimeApi: setting(boolean, true, 'change servers without a reload where possible'),
};
