import { chunksOf, goRequest, textOf } from './go-http.js';
import { GoObject, listsByKey, objectsOf } from './go-json.js';

const ALIVE = 0;

/** Of a service: the addresses of its instances that are alive, by host name, since that is what it resolves. */
export type Backends = ReadonlyMap<string, readonly string[]>;

/** The Traefik provider: a configuration at the start, and another for each object of the stream (contract section 12). */
export class TraefikProvider {
  /** One for each state that it was told, the newest last. */
  readonly configurations: Backends[] = [];

  /**
   * @param agent `http://host:port`
   * @param form that of newer builds, or of older ones
   */
  constructor(
    private readonly agent: string,
    private readonly form: 'states' | 'services',
  ) {}

  /** Ends it if the state cannot be had. */
  async start(): Promise<void> {
    const { status, body } = await goRequest('GET', `${this.agent}/state.json`);
    if (status !== 200) throw new Error(`answered ${status}`);
    this.configurations.push(ofState(await textOf(body)));
  }

  /** Follows the stream until it ends, or `signal` aborts. */
  async watch(signal: AbortSignal): Promise<void> {
    const path = this.form === 'states' ? '/watch?by_service=false' : '/watch';
    for await (const text of objectsOf(chunksOf(this.agent + path, signal)))
      this.configurations.push(this.form === 'states' ? ofState(text) : ofServices(text));
  }
}

function ofState(text: string): Backends {
  const servers = [...GoObject.parse(text).map('Servers').values()];
  return backendsOf(servers.flatMap((server) => [...server.map('Services').values()]));
}

const ofServices = (text: string): Backends => backendsOf([...listsByKey(text).values()].flat());

/** Of the ports of an instance the last one counts. */
function backendsOf(services: readonly GoObject[]): Backends {
  const backends = new Map<string, string[]>();
  for (const service of services.filter((one) => one.integer('Status') === ALIVE)) {
    const port = service.list('Ports').at(-1)?.integer('Port');
    if (port === undefined) continue;
    const urls = backends.get(service.text('Name')) ?? [];
    backends.set(service.text('Name'), [...urls, `http://${service.text('Hostname')}:${port}`].sort());
  }
  return new Map([...backends].sort(([a], [b]) => (a < b ? -1 : 1)));
}
