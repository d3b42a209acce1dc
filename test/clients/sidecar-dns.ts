import { goRequest, textOf } from './go-http.js';
import { ALIVE, decode, Receiver, type State } from './receiver.js';

/** sidecar-dns: answers for each instance that is alive, by SRV and A records (contract section 12). */
export class SidecarDns {
  static readonly PATH = '/update';
  /** As a zone file has them, sorted. */
  records: readonly string[] = [];
  private readonly receiver = new Receiver((state) => (this.records = recordsOf(state, this.domain)));

  /** @param agent `http://host:port` */
  constructor(
    private readonly agent: string,
    private readonly domain: string,
  ) {}

  /** Fetches the state, once. */
  async start(): Promise<void> {
    const { body } = await goRequest('GET', `${this.agent}/state.json`);
    this.receiver.hold(decode(await textOf(body)));
  }

  /** A posted body. @returns the status to answer */
  update(text: string): number {
    return this.receiver.update(text);
  }
}

function recordsOf(state: State, domain: string): readonly string[] {
  const services = [...state.servers.values()].flatMap((server) => [...server.services.values()]);
  const alive = services.filter(({ status }) => status === ALIVE);
  return alive
    .flatMap(({ name, id, ports }) =>
      ports.flatMap(({ type, servicePort, port, ip }) => {
        const target = `${servicePort}.${type}.${name}.${id}.a.${domain}`;
        return [`_${servicePort}._${name}._tcp.${domain} SRV 0 0 ${port} ${target}`, `${target} A ${ip}`];
      }),
    )
    .sort();
}
