/** What a verdict's code means, and what to do about it. Stable words for programs: this list only grows. */
export interface Meaning {
  readonly means: string;
  readonly advice: string;
}

/** Every code a verdict can have, in the order of the way an instance goes; docs/explain.md has them as a table. */
export const CODES = {
  ROUTED: { means: 'HAProxy on the asked host has it as a server', advice: 'nothing is to be done' },
  ANNOUNCED: {
    means: "its own host announces it; only in a host's half of the way",
    advice: 'ask an agent without half=local for the rest of the way',
  },
  UNKNOWN_SERVICE: {
    means: 'nobody who could be asked knows the name',
    advice:
      'check the spelling (sidecar ls); on the host that should have it look at docker ps or the static file, and at sidecar status',
  },
  UNKNOWN_INSTANCE: {
    means: 'the service is known, but no instance of that id or on that host',
    advice: 'sidecar why NAME lists the instances that are known',
  },
  OTHER_CLUSTER: {
    means: 'the host is of a cluster of another name, and nothing of it is taken',
    advice: 'give all hosts the same cluster_name',
  },

  DOCKER_UNREACHABLE: {
    means: 'the Docker Engine of its host does not answer, and the instance is not known from before',
    advice: "start the engine, or correct docker_url and the agent's right to its socket",
  },
  STATIC_FILE_BROKEN: {
    means: 'the static file of its host cannot be used',
    advice: 'mend the file at the place that is named; it is read again at once',
  },
  DISCOVERY_PENDING: {
    means: 'discovery on its host has not listed what runs there yet',
    advice: 'wait a moment; sidecar status tells what is waited for',
  },
  CONTAINER_NOT_RUNNING: {
    means: 'its container does not run, or ends again and again',
    advice: 'docker logs tells why it ends; mend that, or start it again',
  },
  EXCLUDED_BY_FILTER: {
    means: 'its container lacks the label that label_filter asks for',
    advice: 'give the container that label, or change label_filter',
  },
  EXCLUDED_BY_LABEL: {
    means: 'the label SidecarDiscover=false leaves it out',
    advice: 'remove the label SidecarDiscover, and make the container anew',
  },
  LABEL_REFUSED: {
    means: 'a label of its container makes a record impossible',
    advice: 'correct the label, and make the container anew',
  },
  TARGET_REFUSED: {
    means: 'its target in the static file has a value that no record may have',
    advice: 'correct the value; the file is read again at once',
  },
  NAMED_OTHERWISE: {
    means: 'what was asked for is a container whose service has another name',
    advice: 'ask for that name, or give the container the label ServiceName',
  },
  ENDED: {
    means: 'its own host says that it is gone',
    advice: 'docker ps -a and docker logs, or the static file, tell why; start it again if it should be there',
  },

  NO_PORT: { means: 'it has no port that is published', advice: 'publish a port (docker run -p, Ports of the target)' },
  NO_SERVICE_PORT: {
    means: 'no port of it has a ServicePort, so HAProxy does not know where to offer it',
    advice: 'give it a label ServicePort_CONTAINERPORT=PORT, or a ServicePort in the static file',
  },
  SERVICE_PORT_LABEL_WRONG: {
    means: 'its ServicePort label cannot be used',
    advice: 'correct the label: ServicePort_ and a published container port, with a free port as its value',
  },
  SERVICE_PORT_NOT_TCP: {
    means: 'its ServicePort belongs to a port that is not tcp',
    advice: 'publish the port as tcp',
  },

  NOT_CHECKED_YET: {
    means: 'no health check of it has ended yet',
    advice: 'wait; if it lasts, the check takes longer than it should',
  },
  CHECKS_QUEUED: {
    means: 'its check waits in line, because max_checks others run',
    advice: 'raise sidecar.max_checks, or shorten the checks that hang',
  },
  CHECK_FAILED: { means: 'its health check fails', advice: 'mend what the output names, or correct the check' },
  CHECK_TIMED_OUT: {
    means: 'its health check does not end in time',
    advice: 'find what hangs, or give the check more time (HealthCheckTimeout)',
  },
  CHECK_RECOVERING: {
    means: 'its check passes again, but not often enough in a row yet',
    advice: 'wait; HealthCheckRise says how often it has to pass',
  },

  NOT_ANNOUNCED_YET: { means: 'its host has found it a moment ago', advice: 'wait a second' },
  DRAINED: {
    means: 'it is drained: no new requests',
    advice: 'sidecar drain --end ID ends that',
  },
  CONTAINER_STOPPING: {
    means: 'its container was told to stop, and gets no new requests until it has ended',
    advice:
      'nothing, if that is meant; else docker start it once it has ended, or sidecar drain --end ID while it runs',
  },
  DRAIN_ENDING: { means: 'its drain was ended a moment ago', advice: 'wait two seconds' },
  REPORTED_UNHEALTHY: {
    means: 'its host says that it is unhealthy, and could not be asked why',
    advice: 'look at its health check on its host',
  },
  STOPPED_THERE: {
    means: 'its host says that it stops there, for a reason that this version does not know',
    advice: 'ask that agent itself: sidecar why --agent HOST:PORT',
  },

  HOST_LEFT: {
    means: 'its host left the cluster by its own word',
    advice: 'start the agent there again if the host should serve',
  },
  HOST_DEAD: {
    means: 'its host does not answer and is held for dead',
    advice: 'look whether host, agent and network between (UDP and TCP, gossip port) work',
  },
  CUT_OFF: {
    means: 'this host hears less than half of the members it knew: it is cut off itself',
    advice: 'look at the network of the asked host',
  },
  NOT_RECEIVED: {
    means: 'its host announces it, and it has not come here yet',
    advice:
      'wait half a minute (push_pull_interval); if it lasts, look at the network between both hosts (UDP and TCP, gossip port)',
  },

  CLOCK_AHEAD: {
    means: 'its record is refused, because it is dated in the future',
    advice: 'set the clock that is wrong: that of its host is ahead, or ours is behind (max_future)',
  },
  RECORD_TOO_OLD: {
    means: 'its record is refused, because nobody has refreshed it and its host is no member',
    advice: 'have its host join the cluster, or let the record run out',
  },
  BAD_VALUE: {
    means: 'its record is refused, because a value in it may not stand in a configuration',
    advice: 'correct the value where it comes from: labels or static file of its host',
  },
  CATALOG_FULL: {
    means: 'its record is refused, because the catalog is full',
    advice: 'find the host that announces ever new services (sidecar ls), and stop that',
  },

  RESTORED_NOT_REFRESHED: {
    means: 'it is known from before the start of this agent only, and its host has not spoken since',
    advice: 'look whether its host is up; what is not refreshed runs out after 80 s',
  },
  STALE_HELD: {
    means: 'it is out of sight, and kept as a server because nothing better is left',
    advice: 'bring its host back; after stale_hold it is given up',
  },
  EXPIRED: {
    means: 'nobody has refreshed its record for as long as a record lives',
    advice: 'look whether its agent runs and is not cut off',
  },

  PROXY_DISABLED: {
    means: 'the asked agent leaves HAProxy alone',
    advice: 'ask an agent that drives one (--agent), or take haproxy.disable away and set haproxy.config_file',
  },
  BAD_MODE: {
    means: 'its ProxyMode is none that HAProxy has',
    advice: 'set ProxyMode to http, tcp or ws',
  },
  BAD_ADDRESS: {
    means: 'HAProxy cannot use its address or port',
    advice: "correct the port's address at its source (IP in the static file, advertise_ip)",
  },
  HOSTNAME_UNRESOLVED: {
    means: 'its address is a name that the asked host cannot resolve',
    advice: 'mend DNS or /etc/hosts of the asked host, or give an IP address',
  },
  SERVER_NAME_TAKEN: {
    means: 'another instance has the same server name',
    advice: 'give hosts and instances names that differ',
  },
  SERVER_IS_FRONTEND: {
    means: 'its address is a frontend of this very HAProxy, so that requests would run in a circle',
    advice: 'let it listen on another port or address than its ServicePort',
  },
  PORT_TAKEN: {
    means: 'another service has its ServicePort on the asked host',
    advice: 'give one of them another ServicePort; who has the port keeps it',
  },
  PORT_RESERVED: {
    means: 'its ServicePort is one of the ports of the agent itself',
    advice: 'choose another ServicePort',
  },
  PROXY_NAME_TAKEN: {
    means: 'another service has the same name to HAProxy',
    advice: 'rename one: characters that HAProxy does not take all become -',
  },
  PORT_HELD: {
    means: 'another process of the asked host holds its ServicePort',
    advice: 'end that process (ss -ltnp), or choose another ServicePort; it is tried again by itself',
  },
  SET_ASIDE: {
    means: 'HAProxy does not accept its part of the configuration',
    advice: 'correct what HAProxy names, in its record or in the template',
  },
  TEMPLATE_BROKEN: {
    means: 'the template gives no configuration',
    advice: 'mend the template; sidecar plan --template shows what would come of it',
  },
  CONFIG_REJECTED: {
    means: 'HAProxy does not accept the configuration, for no fault of a service',
    advice: 'mend what HAProxy names in the template or the settings',
  },
  NOT_IN_TEMPLATE: {
    means: 'the template does not write it',
    advice: 'add the service to the template',
  },
  WEIGHT_ZERO: { means: 'its weight is 0: no new requests', advice: 'give it a Weight of 1 to 256' },

  HAPROXY_DOWN: {
    means: 'no HAProxy of the asked agent runs',
    advice: 'sidecar proxy tells why; install or mend HAProxy',
  },
  HAPROXY_BEHIND: {
    means: 'HAProxy does not have the newest state yet',
    advice: 'wait a moment; if it lasts, sidecar proxy tells why',
  },
  RUNTIME_API_SILENT: {
    means: 'HAProxy should have it, but does not answer on its stats socket',
    advice: 'look whether HAProxy hangs; a reload follows by itself',
  },
  SERVER_MISSING: {
    means: 'HAProxy lacks the server, which somebody has taken out',
    advice: 'wait: within seconds the agent puts it back',
  },
  SERVER_MAINTENANCE: {
    means: 'the server is in maintenance in HAProxy, by hand or by a check of the template',
    advice: 'wait: the agent makes it ready within seconds; sidecar drain ID is what takes an instance out',
  },
  SERVER_DRAINS: {
    means: 'the server drains in HAProxy, by hand',
    advice: 'wait: the agent makes it ready within seconds; sidecar drain ID is what takes an instance out',
  },
  SERVER_DOWN: {
    means: "HAProxy's own check of it fails",
    advice: 'look at what that check says, and at the network between both hosts',
  },
} as const satisfies Readonly<Record<string, Meaning>>;

export type Code = keyof typeof CODES;

export const isCode = (word: string): word is Code => Object.hasOwn(CODES, word);
