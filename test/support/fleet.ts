import type { Agent } from './agent.js';
import type { Backends } from './backends.js';
import { freePorts } from './network.js';
import type { ServerFigures } from './proxy-figures.js';

/** An instance as the static file has it. */
export interface Instance {
  /** Of its backend. */
  readonly id: string;
  readonly service: FleetService;
  readonly port: number;
  weight: number;
}

export interface FleetService {
  readonly name: string;
  readonly servicePort: number;
  readonly instances: Set<Instance>;
}

export interface FleetSetup {
  readonly services: number;
  /** Of each service, at first. */
  readonly instances: number;
  /** Every so many services one is checked by HTTP; the others are taken for healthy. */
  readonly checkedEach: number;
  /** Time between the checks, as the static file has it. */
  readonly checkEvery: string;
}

/** Another one than any default. */
const USUAL_WEIGHT = 120;

/** Services with real backends at 127.0.0.1, and the static file that lists them. */
export class Fleet {
  private started = 0;

  private constructor(
    readonly services: readonly FleetService[],
    private readonly backends: Backends,
    private readonly setup: FleetSetup,
  ) {}

  static async start(backends: Backends, setup: FleetSetup): Promise<Fleet> {
    const services = Array.from({ length: setup.services }, (_, i) => ({
      name: `service-${i}`,
      servicePort: 0,
      instances: new Set<Instance>(),
    }));
    const fleet = new Fleet(services, backends, setup);
    for (const service of services) for (let i = 0; i < setup.instances; i += 1) await fleet.add(service);
    const ports = await freePorts(setup.services); // last, or a backend might be given one of them
    for (const [i, service] of services.entries()) service.servicePort = ports[i] ?? 0;
    return fleet;
  }

  get servicePorts(): readonly number[] {
    return this.services.map(({ servicePort }) => servicePort);
  }

  get instances(): readonly Instance[] {
    return this.services.flatMap(({ instances }) => [...instances]);
  }

  /** Starts another backend; it is served once the static file is written. */
  async add(service: FleetService, weight = USUAL_WEIGHT): Promise<Instance> {
    this.started += 1;
    const id = `${service.name}.${this.started}`;
    const instance = { id, service, port: await this.backends.listen(id), weight };
    service.instances.add(instance);
    return instance;
  }

  /** For the static file. */
  targets(): readonly unknown[] {
    return this.instances.map(({ service, port, weight }) => ({
      Service: {
        Name: service.name,
        ProxyMode: 'http',
        Ports: [{ Type: 'tcp', Port: port, ServicePort: service.servicePort, IP: '127.0.0.1' }],
      },
      Check: this.checkOf(service, port),
      Weight: weight,
    }));
  }

  /** Whether HAProxy runs these instances, each with its weight, and no others. */
  isServed(servers: readonly ServerFigures[] | undefined): boolean {
    const wanted = this.instances.map(({ service, port, weight }) => `${backendOf(service)} ${port} ${weight}`);
    const ours = new Set(this.services.map(backendOf));
    const found = servers
      ?.filter(({ backend }) => ours.has(backend))
      .map(({ backend, port, weight, isInMaintenance }) => `${backend} ${port} ${isInMaintenance ? 'off' : weight}`);
    return found !== undefined && wanted.sort().join() === found.sort().join();
  }

  private checkOf(service: FleetService, port: number): unknown {
    const { checkedEach, checkEvery } = this.setup;
    if (this.services.indexOf(service) % checkedEach !== 0) return { Type: 'AlwaysSuccessful' };
    // One check that is late on a busy machine is no reason to take an instance out.
    const tuning = { HealthCheckInterval: checkEvery, HealthCheckFall: 3 };
    return { Type: 'HttpGet', Args: `http://127.0.0.1:${port}/`, ...tuning };
  }
}

/** HAProxy's name for the backend of a service. */
export const backendOf = ({ name, servicePort }: FleetService): string => `${name}-${servicePort}`;

/** The agent's id of an instance, by its port. */
async function idOf(agent: Agent, { service, port }: Instance): Promise<string | undefined> {
  const known = await agent.instances(service.name);
  return known.find(({ Ports, Status }) => Status !== 1 && Ports.some(({ Port }) => Port === port))?.ID;
}

/** Drains an instance, or ends that. @returns whether the agent has said yes */
export async function setDrain(agent: Agent, instance: Instance, drained: boolean): Promise<boolean> {
  const id = await idOf(agent, instance);
  if (id === undefined) return false;
  const method = drained ? 'POST' : 'DELETE';
  const url = agent.url(`/api/services/${id}/drain`);
  return (await fetch(url, { method, signal: AbortSignal.timeout(5_000) })).ok;
}
