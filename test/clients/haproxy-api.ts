import { chunksOf, goRequest, textOf } from './go-http.js';
import { objectsOf } from './go-json.js';
import { ALIVE, decode, Receiver, type State } from './receiver.js';

/** haproxy-api: writes a configuration for each state that matters, told by posts or followed (contract section 10). */
export class HaproxyApi {
  static readonly PATH = '/update';
  /** For each configuration that it wrote the servers in it, as `name ip:port`, sorted. */
  readonly written: (readonly string[])[] = [];
  private readonly receiver = new Receiver((state) => void this.written.push(serversOf(state)));

  /** @param agent `host:port` */
  constructor(private readonly agent: string) {}

  /** Without following: the state of `state_url`, whatever the status of the answer. */
  async start(): Promise<void> {
    await this.fetch('/state.json');
  }

  /** A posted body. @returns the status to answer */
  update(text: string): number {
    return this.receiver.update(text);
  }

  /** `-F host:port`: at each object of the stream, whatever it says, the state is fetched. */
  async follow(signal: AbortSignal): Promise<void> {
    const objects = objectsOf(chunksOf(`http://${this.agent}/watch`, signal));
    while (!(await objects.next()).done) await this.fetch('/api/state.json');
  }

  private async fetch(path: string): Promise<void> {
    const { body } = await goRequest('GET', `http://${this.agent}${path}`);
    this.receiver.hold(decode(await textOf(body)));
  }
}

function serversOf(state: State): readonly string[] {
  const services = [...state.servers.values()].flatMap((server) => [...server.services.values()]);
  const alive = services.filter(({ status }) => status === ALIVE);
  return alive.flatMap(({ name, ports }) => ports.map(({ ip, port }) => `${name} ${ip}:${port}`)).sort();
}
