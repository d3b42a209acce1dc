import { stringify } from '@iarna/toml';

/** What was found on this machine that `sidecar dev` starts with. */
export interface DevFacts {
  /** Whose it is. */
  readonly user: string;
  /** The system's name of this machine. */
  readonly hostname: string;
  readonly httpPort: number;
  readonly gossipPort: number;
  /** Folder of HAProxy's files; private. */
  readonly folder: string;
  readonly stateDir: string;
  /** Path of a list of services; undefined: there is none. */
  readonly staticFile: string | undefined;
  /** Where Docker is; empty: as its own variables say. */
  readonly dockerUrl: string;
  readonly hasHaproxy: boolean;
}

/** The `sidecar.toml` that nobody has to write: this machine alone, on its loopback. */
export function devFile(facts: DevFacts): string {
  const { user, hostname, httpPort, gossipPort, folder, stateDir, staticFile, dockerUrl, hasHaproxy } = facts;
  return stringify({
    sidecar: {
      cluster_name: `dev-${user}`,
      // Another one than that of an agent in earnest on this machine, whose cluster may be followed.
      hostname: `${hostname}-dev`,
      bind_ip: DEV_ADDRESS,
      bind_port: gossipPort,
      advertise_ip: DEV_ADDRESS,
      discovery: ['docker', ...(staticFile === undefined ? [] : ['static'])],
      state_dir: stateDir,
    },
    http: { bind_ip: DEV_ADDRESS, port: httpPort },
    docker_discovery: { docker_url: dockerUrl },
    services: { namer: 'docker_label', name_label: 'ServiceName' },
    ...(staticFile === undefined ? {} : { static_discovery: { config_file: staticFile } }),
    haproxy: hasHaproxy
      ? {
          bind_ip: DEV_ADDRESS,
          config_file: `${folder}/haproxy.cfg`,
          pid_file: `${folder}/haproxy.pid`,
          runtime_socket: `${folder}/haproxy.sock`,
          stats_bind: '',
          startup_grace: '1s',
          stop_on_exit: true,
        }
      : { disable: true, startup_grace: '1s' },
  });
}

/** Where everything of `sidecar dev` listens. */
export const DEV_ADDRESS = '127.0.0.1';
