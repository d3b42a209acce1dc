import { Agent } from './agent.js';
import type { RealEngine } from './docker-engine.js';
import { freePorts, get, getJson } from './network.js';
import { serversOf, type ServerFigures } from './proxy-figures.js';
import { Traffic } from './traffic.js';
import { until } from './until.js';

/** A record of this host as `/state.json` has it. */
export interface DockerRecord {
  readonly ID: string;
  readonly Status: number;
  readonly Updated: string;
}

/** An instance of `web` in a container. */
export interface WebContainer {
  /** Of its record. */
  readonly id: string;
  /** Where Docker publishes it on this host. */
  readonly port: number;
  readonly container: Awaited<ReturnType<RealEngine['run']>>;
}

export interface WebSetup {
  /** `web` unless given, and its ServicePort. */
  readonly service?: string;
  readonly servicePort?: number;
  readonly labels?: Readonly<Record<string, string>>;
  /** How long it goes on listening after SIGTERM, in seconds. */
  readonly lingersS?: number;
  readonly healthcheck?: string;
  readonly restarts?: boolean;
}

/** An agent with its HAProxy that discovers the containers of an engine; instances of the service `web` unless they are given another. */
export class DockerWorld {
  private readonly loads: Traffic[] = [];

  private constructor(
    private readonly engine: RealEngine,
    readonly agent: Agent,
    /** Of `web`. */
    readonly servicePort: number,
  ) {}

  static async start(engine: RealEngine): Promise<DockerWorld> {
    const [servicePort = 0] = await freePorts(1);
    const agent = await Agent.start({
      toml: {
        sidecar: ['discovery = ["docker"]'],
        docker_discovery: [`docker_url = "unix://${engine.socket}"`],
        services: ['namer = "docker_label"', 'name_label = "ServiceName"'],
      },
    });
    return new DockerWorld(engine, agent, servicePort);
  }

  /** Starts an instance; resolves when HAProxy serves it. */
  async run(name: string, setup: WebSetup = {}): Promise<WebContainer> {
    const started = await this.launch(name, setup);
    await until(`HAProxy serves ${name}`, async () => (await this.server(started))?.isDrained === false);
    return started;
  }

  /** Starts an instance; nobody need know of it yet. */
  async launch(name: string, setup: WebSetup = {}): Promise<WebContainer> {
    const {
      service = 'web',
      servicePort = this.servicePort,
      labels = {},
      lingersS = 0,
      healthcheck,
      restarts = false,
    } = setup;
    const container = await this.engine.run(name, {
      labels: {
        ...{ ServiceName: service, ServicePort_80: String(servicePort) },
        HealthCheckFall: '10', // a busy machine makes nobody ill
        ...labels,
      },
      ports: [80],
      restarts,
      script: webServer(name, lingersS),
      ...(healthcheck === undefined ? {} : { healthcheck }),
    });
    const { Ports } = (await container.inspect()).NetworkSettings;
    return { container, id: container.id.slice(0, 12), port: Number(Ports['80/tcp']?.[0]?.HostPort) };
  }

  /** Runs a command for busybox's shell in the container, to its end. */
  async execute({ container }: WebContainer, command: string): Promise<void> {
    const exec = await container.exec({ Cmd: ['/bin/busybox', 'sh', '-c', command] });
    await exec.start({ Detach: true });
    await until(`${command} has ended`, async () => (await exec.inspect()).ExitCode === 0);
  }

  /** What HAProxy says of an instance; undefined when it does not serve it. */
  async server({ port }: WebContainer): Promise<ServerFigures | undefined> {
    const servers = await serversOf(this.agent);
    if (!servers) throw new Error('HAProxy does not answer');
    return servers.find((server) => server.port === port && !server.isInMaintenance);
  }

  async untilStatus(of: WebContainer, status: number): Promise<void> {
    await until(`its status is ${status}`, async () => (await this.record(of))?.Status === status, 30_000);
  }

  async record({ id }: WebContainer): Promise<DockerRecord | undefined> {
    const { Servers } = (await getJson(this.agent.url('/state.json'))) as {
      readonly Servers: Readonly<Record<string, { readonly Services: Readonly<Record<string, DockerRecord>> }>>;
    };
    return Object.values(Servers).flatMap(({ Services }) => Services[id] ?? [])[0];
  }

  /** What became of an instance since it was alive for the first time, by the agent's log: `Alive → Draining`. */
  story({ id }: WebContainer): readonly string[] {
    const lines = this.agent.log.split('\n').filter((line) => line.includes(id));
    const changes = lines.flatMap((line) => / is (\w+ → \w+)/.exec(line)?.[1] ?? []);
    const first = changes.findIndex((change) => change.startsWith('Alive'));
    return first === -1 ? [] : changes.slice(first);
  }

  /** Asks `web` without pause, on kept connections and on one per request. */
  load(): Traffic {
    const kinds = ['keep-alive', 'close'] as const;
    const traffic = new Traffic(kinds.map((kind) => ({ port: this.servicePort, kind, workers: 2, pauseMs: 20 })));
    this.loads.push(traffic);
    return traffic;
  }

  /** What an answer through HAProxy says of who gave it. */
  async answer(servicePort = this.servicePort): Promise<string | undefined> {
    const { status, headers } = await get(`http://127.0.0.1:${servicePort}/`);
    return status === 200 ? String(headers['x-backend']) : undefined;
  }

  async destroy(): Promise<void> {
    for (const load of this.loads) await load.destroy();
    await this.agent.destroy();
    await this.engine.removeContainers();
  }
}

/** A web server whose answers are those that `Traffic` expects: busybox runs this for each request. */
const answers = (name: string): string => `#!/bin/sh
[ "$REQUEST_METHOD" = POST ] && length=" $(/bin/busybox wc -c)"
printf 'X-Backend: ${name}\\r\\nContent-Type: text/plain\\r\\n\\r\\n${name} %s%s' "$HTTP_X_REQUEST" "$length"
`;

const webServer = (name: string, lingersS: number): string => `
/bin/busybox mkdir -p /web/cgi-bin
/bin/busybox cat > /web/cgi-bin/index.cgi <<'END'
${answers(name)}END
/bin/busybox chmod +x /web/cgi-bin/index.cgi
trap 'sleep ${lingersS}; exit 0' TERM
/bin/busybox httpd -f -p 80 -h /web &
wait $!
`;
