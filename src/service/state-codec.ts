import { oncePerObject } from '../lib/once-per-object.js';
import { ok, refused, type Result } from '../lib/result.js';
import { serviceText } from './codec.js';
import { fieldsOf, parseJson, serviceOf, type Fields, type RecordFault } from './decode-service.js';
import { compareBytes, goString } from './go-json.js';
import type { Service } from './service.js';
import { formatTimestamp, type Timestamp } from './timestamp.js';

/** The whole catalog of one host, as `/state.json` shows it and push/pull carries it (PROTOCOL 19.3). */
export interface State {
  /** By host name. */
  readonly servers: ReadonlyMap<string, ServerState>;
  readonly lastChanged: Timestamp;
  readonly clusterName: string;
  /** Whose state it is. */
  readonly hostname: string;
}

export interface ServerState {
  readonly name: string;
  /** By id. */
  readonly services: ReadonlyMap<string, Service>;
  readonly lastUpdated: Timestamp;
  readonly lastChanged: Timestamp;
}

/** What a peer's state held. Its hosts and ids come from the records themselves, as receivers of any version read it. */
export interface ReceivedState {
  /** Whose state it says it is; empty when it does not say. Of its own records it tells the truth. */
  readonly hostname: string;
  readonly services: readonly Service[];
  /** One for each record or server that could not be read. */
  readonly faults: readonly RecordFault[];
}

/** What a host believes, as it shows it. */
export interface WholeState {
  readonly state: State;
  /** One for each record, server or field that could not be read. */
  readonly faults: readonly RecordFault[];
}

/** What the transport carries at most (PROTOCOL 10). */
export const MAX_STATE_BYTES = 20 * 1024 * 1024;
/** Records and unreadable servers beyond so many are not looked at. */
const MAX_RECORDS = 200_000;

/**
 * A state as compact JSON, hosts and ids in byte order, never with a null for a server or a record: that crashes an original.
 *
 * @param textOf how one record is written
 */
export function encodeState(state: State, textOf: (service: Service) => string): string {
  const serverText = ({ name, services, lastUpdated, lastChanged }: ServerState): string =>
    `{"Name":${goString(name)},"Services":{${encodeSorted(services, textOf)}}` +
    `,"LastUpdated":"${formatTimestamp(lastUpdated)}","LastChanged":"${formatTimestamp(lastChanged)}"}`;
  return (
    `{"Servers":{${encodeSorted(state.servers, serverText)}},"LastChanged":"${formatTimestamp(state.lastChanged)}"` +
    `,"ClusterName":${goString(state.clusterName)},"Hostname":${goString(state.hostname)}}`
  );
}

/** The contract's text of a state, for everybody who sends it: encoded once. A state is immutable. */
export const stateBytes = oncePerObject((state: State) => Buffer.from(encodeState(state, serviceText)));

function encodeSorted<T>(entries: ReadonlyMap<string, T>, encode: (value: T) => string): string {
  return [...entries]
    .sort(([a], [b]) => compareBytes(a, b))
    .map(([key, value]) => `${goString(key)}:${encode(value)}`)
    .join(',');
}

/**
 * Reads a peer's state as tolerantly as a record; a bad record in it is refused alone. Total: a text that is no state at all is
 * refused as a whole.
 */
export function decodeState(json: string | Uint8Array): Result<ReceivedState, RecordFault> {
  const parsed = parseJson(json, MAX_STATE_BYTES);
  const read = parsed.ok ? readState(parsed.value) : parsed;
  if (!read.ok) return read;
  const { fields, servers, faults } = read.value;
  const hostname = fields.text('Hostname');
  const services = servers.flatMap((server) => server.services);
  return ok({ hostname, services, faults: fields.fault ? [fields.fault, ...faults] : faults });
}

/**
 * Reads a state as what its host believes, with its times; otherwise as `decodeState`. Of two records with one identity the later
 * counts.
 *
 * @returns refused as well when it has no `Servers`, as `{}` and every other answer that is no state
 */
export function decodeWholeState(json: string | Uint8Array): Result<WholeState, RecordFault> {
  const parsed = parseJson(json, MAX_STATE_BYTES);
  return parsed.ok ? wholeStateOf(parsed.value) : parsed;
}

/** The same for a state that is parsed already: one inside of another object. */
export function wholeStateOf(value: unknown): Result<WholeState, RecordFault> {
  const read = readState(value);
  if (!read.ok) return read;
  const { fields, faults } = read.value;
  if (fields.get('Servers') === undefined)
    return refused({ code: 'WRONG_TYPE', field: 'Servers', seen: 'missing', expected: 'an object' });
  const servers = new Map<string, ServerState & { readonly services: Map<string, Service> }>();
  for (const server of read.value.servers) {
    const lastUpdated = server.fields.time('LastUpdated');
    const lastChanged = server.fields.time('LastChanged');
    if (server.fields.fault) faults.push(server.fields.fault);
    for (const service of server.services) {
      const { hostname, id } = service;
      const services = servers.get(hostname)?.services ?? new Map<string, Service>();
      if (services.size === 0) servers.set(hostname, { name: hostname, services, lastUpdated, lastChanged });
      const twin = services.get(id);
      if (!twin || service.updated > twin.updated) services.set(id, service);
    }
  }
  const state = {
    servers,
    lastChanged: fields.time('LastChanged'),
    clusterName: fields.text('ClusterName'),
    hostname: fields.text('Hostname'),
  };
  if (fields.fault) faults.push(fields.fault);
  return ok({ state, faults });
}

/** What a state holds, as far as it can be read. */
interface ReadState {
  /** Its own, and those of each server, which nobody has looked at yet. */
  readonly fields: Fields;
  readonly servers: readonly { readonly fields: Fields; readonly services: readonly Service[] }[];
  readonly faults: RecordFault[];
}

function readState(value: unknown): Result<ReadState, RecordFault> {
  const fields = fieldsOf(value, '');
  if (!fields.ok) return fields;
  const items = itemsOf(fields.value.get('Servers'), 'Servers');
  if (!items.ok) return items;
  const servers: { readonly fields: Fields; readonly services: readonly Service[] }[] = [];
  const faults: RecordFault[] = [];
  let looked = 0;
  for (const item of items.value) {
    if (looked >= MAX_RECORDS) break;
    const server = fieldsOf(item, 'Servers[]');
    const records = server.ok ? itemsOf(server.value.get('Services'), 'Servers[].Services') : server;
    if (!records.ok) faults.push(records.fault);
    if (!server.ok || !records.ok) {
      looked += 1;
      continue;
    }
    const services: Service[] = [];
    for (const record of records.value.slice(0, MAX_RECORDS - looked)) {
      const service = serviceOf(record);
      if (service.ok) services.push(service.value);
      else faults.push({ ...service.fault, field: service.fault.field || 'Servers[].Services[]' });
    }
    looked += records.value.length;
    servers.push({ fields: server.value, services });
  }
  return ok({ fields: fields.value, servers, faults });
}

/** The values of a map; null and absent are an empty one. */
function itemsOf(map: unknown, field: string): Result<readonly unknown[], RecordFault> {
  if (map === undefined) return ok([]);
  if (typeof map === 'object' && map !== null && !Array.isArray(map)) return ok(Object.values(map));
  return refused({
    code: 'WRONG_TYPE',
    field,
    seen: Array.isArray(map) ? 'a list' : typeof map,
    expected: 'an object',
  });
}
