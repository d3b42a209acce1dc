import { GoObject, objectsOf } from './go-json.js';

/*
 * The receiver library, which Superside, sidecar-dns and haproxy-api are made with: `Decode`, `DecodeStream`, and what it does with
 * an update (contract sections 10.5 and 12).
 */

export interface Port {
  readonly type: string;
  readonly port: number;
  readonly servicePort: number;
  readonly ip: string;
}

export interface Service {
  readonly id: string;
  readonly name: string;
  readonly image: string;
  readonly created: bigint;
  readonly hostname: string;
  readonly ports: readonly Port[];
  readonly updated: bigint;
  readonly proxyMode: string;
  readonly status: number;
}

export interface Server {
  readonly name: string;
  readonly services: ReadonlyMap<string, Service>;
  readonly lastUpdated: bigint;
  readonly lastChanged: bigint;
}

export interface State {
  readonly servers: ReadonlyMap<string, Server>;
  readonly lastChanged: bigint;
  readonly clusterName: string;
  readonly hostname: string;
}

export interface Update {
  readonly state: State;
  readonly service: Service;
  readonly previousStatus: number;
  readonly time: bigint;
}

export const ALIVE = 0;
export const TOMBSTONE = 1;
export const UNHEALTHY = 2;
export const UNKNOWN = 3;
export const DRAINING = 4;

/** Of a body of `/state.json`. @throws DecodeError */
export const decode = (text: string): State => stateOf(GoObject.parse(text));

/** Of `/watch?by_service=false`: each state as it comes. */
export async function* decodeStream(chunks: AsyncIterable<Buffer | string>): AsyncGenerator<State> {
  for await (const text of objectsOf(chunks)) yield decode(text);
}

/** Of a posted event. @throws DecodeError */
export function decodeUpdate(text: string): Update {
  const body = GoObject.parse(text);
  const event = body.object('ChangeEvent');
  return {
    state: stateOf(body.object('State')),
    service: serviceOf(event.object('Service')),
    previousStatus: event.integer('PreviousStatus'),
    time: event.time('Time'),
  };
}

function stateOf(state: GoObject): State {
  return {
    servers: new Map([...state.map('Servers')].map(([host, server]) => [host, serverOf(server)])),
    lastChanged: state.time('LastChanged'),
    clusterName: state.text('ClusterName'),
    hostname: state.text('Hostname'),
  };
}

const serverOf = (server: GoObject): Server => ({
  name: server.text('Name'),
  services: new Map([...server.map('Services')].map(([id, service]) => [id, serviceOf(service)])),
  lastUpdated: server.time('LastUpdated'),
  lastChanged: server.time('LastChanged'),
});

const serviceOf = (service: GoObject): Service => ({
  id: service.text('ID'),
  name: service.text('Name'),
  image: service.text('Image'),
  created: service.time('Created'),
  hostname: service.text('Hostname'),
  ports: service.list('Ports').map((port) => ({
    type: port.text('Type'),
    port: port.integer('Port'),
    servicePort: port.integer('ServicePort'),
    ip: port.text('IP'),
  })),
  updated: service.time('Updated'),
  proxyMode: service.text('ProxyMode'),
  status: service.integer('Status'),
});

/** Whether a change is worth an update of what depends on the state. */
export function shouldNotify(previous: number, status: number): boolean {
  if (status === UNHEALTHY || status === UNKNOWN) return previous === ALIVE;
  return status === ALIVE || status === TOMBSTONE || status === DRAINING;
}

/** Holds the newest state that it was told of. */
export class Receiver {
  state: State | undefined;
  lastService: Service | undefined;

  /** @param onUpdate called for each change that matters */
  constructor(private readonly onUpdate: (state: State) => void) {}

  /** What it fetched itself, before anything is posted. */
  hold(state: State): void {
    this.state = state;
    this.onUpdate(state);
  }

  /** A posted body. @returns the status to answer */
  update(text: string): 200 | 500 {
    let update: Update;
    try {
      update = decodeUpdate(text);
    } catch {
      return 500;
    }
    const { state, service, previousStatus } = update;
    if (this.state && state.lastChanged <= this.state.lastChanged) return 200;
    this.state = state;
    this.lastService = service;
    if (shouldNotify(previousStatus, service.status)) this.onUpdate(state);
    return 200;
  }
}
