import { ROWS } from './table.js';

/** Settings that v2 read from the environment. */
const SETTINGS_OF_V2: readonly string[] = [
  'sidecar.seeds',
  'sidecar.cluster_name',
  'sidecar.advertise_ip',
  'sidecar.bind_port',
  'sidecar.exclude_ips',
  'sidecar.discovery',
  'sidecar.stats_addr',
  'sidecar.push_pull_interval',
  'sidecar.gossip_interval',
  'sidecar.gossip_messages',
  'sidecar.logging_format',
  'sidecar.logging_level',
  'sidecar.default_check_endpoint',
  'docker_discovery.docker_url',
  'static_discovery.config_file',
  'services.namer',
  'services.name_label',
  'services.name_match',
  'haproxy.bind_ip',
  'haproxy.template_file',
  'haproxy.config_file',
  'haproxy.pid_file',
  'haproxy.reload_command',
  'haproxy.verify_command',
  'haproxy.user',
  'haproxy.group',
  'haproxy.disable',
  'haproxy.use_hostnames',
  'listeners.urls',
];

/** Variables of v2's development branch that have no effect here. */
export const FOREIGN_VARIABLES: readonly string[] = [
  'SIDECAR_HANDOFF_QUEUE_DEPTH',
  'SIDECAR_DEBUG',
  'SIDECAR_DISCOVERY_SLEEP_INTERVAL',
  'ENVOY_USE_GRPC_API',
  'ENVOY_BIND_IP',
  'ENVOY_USE_HOSTNAMES',
  'ENVOY_GRPC_PORT',
  'ENVOY_LOGGING_LEVEL',
  'K8S_KUBE_API_IP',
  'K8S_KUBE_API_PORT',
  'K8S_NAMESPACE',
  'K8S_KUBE_TIMEOUT',
  'K8S_CREDS_PATH',
  'K8S_ANNOUNCE_ALL_NODES',
];

/** The variables of contract section 1.2. One of them is enough to start without a file, on v2's defaults. */
export const V2_VARIABLES: readonly string[] = [
  ...ROWS.filter(({ path }) => SETTINGS_OF_V2.includes(path)).flatMap(({ variables }) => variables.slice(0, 1)),
  ...FOREIGN_VARIABLES,
];
