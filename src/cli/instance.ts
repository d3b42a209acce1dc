import { isObject } from './is-object.js';

/** A port of an instance, as `/state.json` shows it. */
export interface ListedPort {
  readonly Type: string;
  readonly Port: number;
  readonly ServicePort: number;
}

/** One instance, as `/state.json` shows it. */
export interface Instance {
  readonly ID: string;
  readonly Name: string;
  readonly Image: string;
  readonly Hostname: string;
  readonly ProxyMode: string;
  readonly Status: number;
  /** RFC 3339. */
  readonly Created: string;
  readonly Updated: string;
  readonly Ports: readonly ListedPort[] | null;
}

/** What the commands read of `/state.json`. */
export interface State {
  readonly ClusterName: string;
  readonly Hostname: string;
  readonly Servers: Readonly<Record<string, { readonly Services: Readonly<Record<string, Instance>> }>>;
}

const [TOMBSTONE, WORDS] = [1, ['alive', 'gone', 'unhealthy', 'unknown', 'draining']];

/** A status in the words of people. A number that only newer agents know counts as gone, as the agent itself has it. */
export const statusWord = (status: number): string => WORDS[status] ?? 'gone';

export const isGone = ({ Status }: Instance): boolean => Status === TOMBSTONE || WORDS[Status] === undefined;

/** Every instance of a state, by name, host and id. */
export function instancesOf(state: State): readonly Instance[] {
  return Object.values(state.Servers)
    .flatMap(({ Services }) => Object.values(Services))
    .sort((a, b) => compare(a.Name, b.Name) || compare(a.Hostname, b.Hostname) || compare(a.ID, b.ID));
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Where HAProxy offers an instance, and where it listens: `8080->32768`; `-` when it is offered nowhere. */
export function portsOf({ Ports }: Instance): string {
  const offered = (Ports ?? []).filter(({ ServicePort }) => ServicePort > 0);
  return (
    offered.map(({ ServicePort, Port, Type }) => `${ServicePort}->${Port}${Type === 'udp' ? '/udp' : ''}`).join(' ') ||
    '-'
  );
}

export const isState = (json: unknown): json is State =>
  isObject(json) &&
  typeof json['ClusterName'] === 'string' &&
  typeof json['Hostname'] === 'string' &&
  isObject(json['Servers']) &&
  Object.values(json['Servers']).every(isServer);

const isServer = (json: unknown): boolean =>
  isObject(json) && isObject(json['Services']) && Object.values(json['Services']).every(isInstance);

const isInstance = (json: unknown): boolean =>
  isObject(json) &&
  ['ID', 'Name', 'Image', 'Hostname', 'ProxyMode', 'Created', 'Updated'].every(
    (key) => typeof json[key] === 'string',
  ) &&
  typeof json['Status'] === 'number' &&
  (json['Ports'] === null || (Array.isArray(json['Ports']) && json['Ports'].every(isPort)));

const isPort = (json: unknown): boolean =>
  isObject(json) &&
  typeof json['Type'] === 'string' &&
  typeof json['Port'] === 'number' &&
  typeof json['ServicePort'] === 'number';
