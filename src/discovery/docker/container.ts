import { ok, refused, type Result } from '../../lib/result.js';
import type { Timestamp } from '../../service/timestamp.js';
import { asObject, Fields, seen, type FieldFault } from '../static/fields.js';

/** A port that Docker publishes on this host. */
export interface PublishedPort {
  /** In the container, 1–65535. */
  readonly privatePort: number;
  /** On the host, 1–65535. */
  readonly publicPort: number;
  /** `tcp`, `udp`, `sctp`. */
  readonly type: string;
  /** Address of the host, as Docker says it; empty, `0.0.0.0` and `::` stand for all. */
  readonly ip: string;
}

/** What Docker's own HEALTHCHECK says; `none` when the container has no such check. */
export type DockerHealth = 'none' | 'starting' | 'healthy' | 'unhealthy';

/** One entry of the engine's list of containers. */
export interface Container {
  /** In full; at least 12 characters. */
  readonly id: string;
  /** Without the slash in front; empty when it has none. */
  readonly name: string;
  readonly image: string;
  readonly created: Timestamp;
  /** `running`, `paused`, `restarting` …; `running` when an old engine does not say. */
  readonly state: string;
  readonly health: DockerHealth;
  readonly ports: readonly PublishedPort[];
  readonly labels: ReadonlyMap<string, string>;
}

export type ContainerFault = FieldFault<ContainerFaultCode>;

export type ContainerFaultCode =
  | 'CONTAINER_NOT_AN_OBJECT'
  | 'ID_INVALID'
  | 'NAMES_INVALID'
  | 'IMAGE_NOT_TEXT'
  | 'CREATED_INVALID'
  | 'STATE_NOT_TEXT'
  | 'STATUS_NOT_TEXT'
  | 'HEALTH_NOT_AN_OBJECT'
  | 'HEALTH_NOT_TEXT'
  | 'PORTS_NOT_AN_ARRAY'
  | 'PORT_NOT_AN_OBJECT'
  | 'TOO_MANY_PORTS'
  | 'PORT_INVALID'
  | 'PORT_TYPE_NOT_TEXT'
  | 'IP_NOT_TEXT'
  | 'LABELS_INVALID';

const PORTS_FAULTS = {
  code: 'PORTS_NOT_AN_ARRAY',
  elementCode: 'PORT_NOT_AN_OBJECT',
  tooManyCode: 'TOO_MANY_PORTS',
} as const;
/** A range of all ports, both protocols, IPv4 and IPv6: the most that one host can publish. */
const MAX_LISTED_PORTS = 4 * 65_536;
/** The last second that four digits of a year can say. */
const MAX_CREATED = 253_402_300_799;
const ID = /^[0-9a-zA-Z]{12,128}$/;
/** Engines before API 1.52 say the health only in the words of `docker ps`. */
const HEALTH_IN_STATUS = /\((?:health: )?(starting|healthy|unhealthy)\)$/;

/**
 * Reads one entry of `GET /containers/json`. What an engine leaves out or sends as `null` is empty; ports that are not published
 * are left out.
 *
 * @returns the first thing in it that cannot be what an engine says
 */
export function containerOf(summary: unknown): Result<Container, ContainerFault> {
  const members = asObject(summary);
  if (!members)
    return refused({ code: 'CONTAINER_NOT_AN_OBJECT', field: '', seen: seen(summary), expected: 'an object' });
  const faults: ContainerFault[] = [];
  const fields = new Fields(members, '', faults);
  const id = fields.parsed('Id', 'ID_INVALID', 'at least 12 letters and digits', idIn);
  if (id === undefined && faults.length === 0)
    faults.push({ code: 'ID_INVALID', field: 'Id', seen: 'absent', expected: 'at least 12 letters and digits' });
  const created = fields.parsed('Created', 'CREATED_INVALID', 'a Unix time in seconds', createdIn);
  const names = fields.parsed('Names', 'NAMES_INVALID', 'an array of strings', textsIn) ?? [];
  const container: Container = {
    id: id ?? '',
    name: nameIn(names),
    image: fields.text('Image', 'IMAGE_NOT_TEXT'),
    created: BigInt(created ?? 0) * 1_000_000_000n,
    state: fields.text('State', 'STATE_NOT_TEXT') || 'running',
    health: healthIn(fields),
    ports: (fields.objects('Ports', PORTS_FAULTS, MAX_LISTED_PORTS) ?? []).flatMap((port) => portIn(port) ?? []),
    labels: fields.parsed('Labels', 'LABELS_INVALID', 'an object of strings', labelsIn) ?? new Map<string, string>(),
  };
  const [fault] = faults;
  return fault ? refused(fault) : ok(container);
}

/** A container's own name has one slash; links to it, which may come first, are `/other/alias`. */
function nameIn(names: readonly string[]): string {
  const own = names.find((name) => name.lastIndexOf('/') === 0) ?? names[0] ?? '';
  return own.replace(/^\//, '');
}

function healthIn(fields: Fields<ContainerFaultCode>): DockerHealth {
  const said = fields.object('Health', 'HEALTH_NOT_AN_OBJECT').text('Status', 'HEALTH_NOT_TEXT');
  const status = said || (HEALTH_IN_STATUS.exec(fields.text('Status', 'STATUS_NOT_TEXT'))?.[1] ?? '');
  return status === 'starting' || status === 'healthy' || status === 'unhealthy' ? status : 'none';
}

function portIn(port: Fields<ContainerFaultCode>): PublishedPort | undefined {
  const number = (key: string): number =>
    port.parsed(key, 'PORT_INVALID', 'an integer from 0 to 65535', portNumberIn) ?? 0;
  const [privatePort, publicPort] = [number('PrivatePort'), number('PublicPort')];
  const [type, ip] = [port.text('Type', 'PORT_TYPE_NOT_TEXT'), port.text('IP', 'IP_NOT_TEXT')];
  return publicPort === 0 ? undefined : { privatePort, publicPort, type, ip };
}

const idIn = (value: unknown): string | undefined => (typeof value === 'string' && ID.test(value) ? value : undefined);

const createdIn = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MAX_CREATED ? value : undefined;

const portNumberIn = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 65_535 ? value : undefined;

const isText = (value: unknown): value is string => typeof value === 'string';

const textsIn = (value: unknown): readonly string[] | undefined =>
  Array.isArray(value) && value.every(isText) ? value : undefined;

function labelsIn(value: unknown): ReadonlyMap<string, string> | undefined {
  const members = asObject(value);
  if (!members) return undefined;
  const entries: [string, unknown][] = Object.entries(members);
  const labels = entries.filter((entry): entry is [string, string] => isText(entry[1]));
  return labels.length === entries.length ? new Map(labels) : undefined;
}
