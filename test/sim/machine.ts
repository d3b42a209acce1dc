import type { Endpoint, KnownPeer } from '../../src/gossip/core/ports.js';
import type { Millis } from '../../src/lib/ports.js';
import type { DiscoveredService } from '../../src/service/discovered.js';
import type { Port, Service } from '../../src/service/service.js';
import type { Agenda } from './agenda.js';
import type { Agent } from './agent.js';

/** An instance of a service on a machine, and how it is. */
export interface Instance {
  readonly service: DiscoveredService;
  readonly isHealthy: boolean;
}

/** What an agent keeps in its `state_dir`. */
export interface Disk {
  readonly peers: readonly KnownPeer[];
  readonly records: readonly Service[];
}

/** A machine of the cluster. What is here outlives its agent. */
export class Machine {
  readonly name: string;
  readonly endpoint: Endpoint;
  /** What runs here, by id: the truth that everybody shall agree on. */
  readonly instances = new Map<string, Instance>();
  disk: Disk | undefined;
  /** The agent that runs here; undefined while none does. */
  agent: Agent | undefined;
  /** It will never run an agent again. */
  isGone = false;
  /** When what runs here last changed, in the world's time. */
  changedAt: Millis = 0;
  private deployed = 0;

  /** @param skewMs how far its wall clock is ahead */
  constructor(
    readonly number: number,
    readonly skewMs: Millis,
    private readonly agenda: Pick<Agenda, 'now'>,
  ) {
    this.name = `m${String(number).padStart(4, '0')}`;
    this.endpoint = { address: `10.0.${number >> 8}.${number & 255}`, port: 7946 };
  }

  /** One more instance runs here. @param ports how many it has: some hundred do not fit into a packet */
  deploy(ports: number): void {
    this.deployed += 1;
    const id = (this.number * 0x10000 + this.deployed).toString(16).padStart(12, '0');
    const portOf = (_: unknown, index: number): Port => {
      return { type: 'tcp', port: 20_000 + index, servicePort: 8000 + index, ip: this.endpoint.address };
    };
    const service: DiscoveredService = {
      id,
      name: `service-${this.deployed % 7}`,
      image: `registry.example/service:${this.deployed}`,
      created: 1_700_000_000_000_000_000n,
      hostname: this.name,
      ports: Array.from({ length: ports }, portOf),
      proxyMode: 'http',
      check: undefined,
      tuning: {},
      listenPort: undefined,
    };
    this.set({ service, isHealthy: true });
  }

  /** The oldest instance is gone. */
  undeploy(): void {
    const [oldest] = this.instances.keys();
    if (oldest === undefined) return;
    this.instances.delete(oldest);
    this.changed();
  }

  /** The oldest instance falls ill, or recovers. */
  flip(): void {
    const [oldest] = this.instances.values();
    if (oldest) this.set({ ...oldest, isHealthy: !oldest.isHealthy });
  }

  private set(instance: Instance): void {
    this.instances.set(instance.service.id, instance);
    this.changed();
  }

  private changed(): void {
    this.changedAt = this.agenda.now;
    this.agent?.onInstances();
  }
}
