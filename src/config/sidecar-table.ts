import { hostname, hostPort, ip, seed, urlPath } from './address-kinds.js';
import { boolean, duration, integer, list, optional, port, text } from './kind.js';
import { setting } from './setting.js';
import { clusterName, discovery, gossipKey, loggingFormat, loggingLevel, path } from './word-kinds.js';

const version = integer({ min: 0, max: 255 });

/** The table `[sidecar]`. */
export const sidecar = {
  seeds: setting(list(seed, 'list of hosts'), [], 'members of the cluster to join through', {
    flag: { name: 'cluster-ip', short: 'c', value: 'HOST' },
    aliases: ['SIDECAR_CLUSTER_IP'],
  }),
  clusterName: setting(clusterName, 'default', 'hosts with different names do not join', {
    flag: { name: 'cluster-name', short: 'n', value: 'NAME' },
  }),
  advertiseIp: setting(optional(ip), undefined, 'address published to others; otherwise the first private one', {
    flag: { name: 'advertise-ip', short: 'a', value: 'IP' },
    aliases: ['ADVERTISE_IP'],
  }),
  excludeIps: setting(list(text), [], 'addresses never picked as the published one', {
    v2Initial: ['192.168.168.168'],
  }),
  discovery: setting(discovery, [], 'where services on this host are found: docker, static', {
    v2Initial: ['docker'],
    flag: { name: 'discover', short: 'd', value: 'SOURCE' },
    aliases: ['SIDECAR_DISCOVER'],
  }),
  hostname: setting(hostname, '', "node name and Hostname of records; empty: the system's"),
  loggingLevel: setting(loggingLevel, 'info', 'debug, info, warn or error', {
    flag: { name: 'logging-level', short: 'l', value: 'LEVEL' },
  }),
  loggingFormat: setting(loggingFormat, 'standard', 'standard (for people) or json (one object a line)'),
  defaultCheckEndpoint: setting(urlPath, '/', 'path of HTTP checks of services that say nothing about checks', {
    v2Initial: '/version',
  }),
  checkInterval: setting(duration(), 1000, 'time between health checks (External: 3s)'),
  maxChecks: setting(integer({ min: 1, max: 10_000 }), 50, 'health checks that run at once'),
  statsAddr: setting(optional(hostPort), undefined, 'statsd server (UDP); empty: none'),
  pushPullInterval: setting(duration({ zero: 79_000 }), 79_000, 'time between full exchanges of state', {
    v2Initial: 20_000,
  }),
  gossipMessages: setting(
    integer({ min: 0, max: 1000, zeroMeans: 3 }),
    3,
    'how often the queue is asked for messages per gossip tick',
    { v2Initial: 15 },
  ),
  bindIp: setting(ip, '0.0.0.0', 'address of the gossip sockets'),
  bindPort: setting(port, 7946, 'port of the gossip sockets (UDP and TCP)'),
  stateDir: setting(path, '/var/lib/sidecar', 'folder for what survives a restart: catalog and last-known peers'),
  gossipInterval: setting(duration(), 200, 'time between gossip ticks'),
  gossipCompression: setting(boolean, true, 'compress gossip'),
  suspicionMult: setting(
    integer({ min: 1, max: 100 }),
    4,
    'how long a silent member is only suspected: seconds, for up to 10 members',
  ),
  gossipKeys: setting(list(gossipKey, 'list of secrets'), [], 'AES keys in base64, the first encrypts'),
  gossipKeysFile: setting(optional(path), undefined, 'file with one key a line, read again when it changes'),
  gossipVerifyIncoming: setting(boolean, true, 'refuse gossip that is not encrypted'),
  gossipVerifyOutgoing: setting(boolean, true, 'encrypt what is sent'),
  delegateVersions: setting(
    versions(),
    [0, 0, 0],
    'lowest, highest and current delegate version; all members must agree',
  ),
  acceptMissingClusterName: setting(
    boolean,
    false,
    'let members join that send no cluster name, as upstream memberlist',
  ),
  rejoinInterval: setting(duration(), 30_000, 'time between attempts to join missing members again'),
  reconnectTimeout: setting(duration(), 86_400_000, 'how long a missing member is tried again'),
  leaveOnTerminate: setting(boolean, false, 'withdraw services and leave the cluster when told to end'),
  maxFuture: setting(duration(), 600_000, 'records from further in the future are refused'),
  historySize: setting(integer({ min: 0, max: 100_000 }), 10_000, 'events kept in the journal; 0: none'),
  historyCheckOutput: setting(boolean, true, 'keep in the journal what health checks show'),
};

/** Three small numbers, no more and no less. */
function versions(): ReturnType<typeof list<number>> {
  const three = list(version);
  const counted = (parsed: ReturnType<typeof three.fromToml>): typeof parsed =>
    parsed.ok && parsed.value.length !== 3
      ? {
          ok: false,
          faults: [{ code: 'LIST_LENGTH', seen: `${parsed.value.length} items`, expected: 'three: dmin, dmax, dcur' }],
        }
      : parsed;
  return {
    ...three,
    fromToml: (value) => counted(three.fromToml(value)),
    fromText: (value) => counted(three.fromText(value)),
  };
}
