import { ok, refused, type Result } from '../lib/result.js';
import { fieldsOf, parseJson, serviceOf, type RecordFault } from './decode-service.js';
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

/** What the transport carries at most (PROTOCOL 10). */
const MAX_STATE_BYTES = 20 * 1024 * 1024;
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
  if (!parsed.ok) return parsed;
  const state = fieldsOf(parsed.value, '');
  if (!state.ok) return state;
  const hostname = state.value.text('Hostname');
  const services: Service[] = [];
  const faults: RecordFault[] = state.value.fault ? [state.value.fault] : [];
  const servers = itemsOf(state.value.get('Servers'), 'Servers');
  if (!servers.ok) return servers;
  for (const item of servers.value) {
    if (services.length + faults.length >= MAX_RECORDS) break;
    const server = fieldsOf(item, 'Servers[]');
    const records = server.ok ? itemsOf(server.value.get('Services'), 'Servers[].Services') : server;
    if (!records.ok) {
      faults.push(records.fault);
      continue;
    }
    for (const record of records.value) {
      if (services.length + faults.length >= MAX_RECORDS) break;
      const service = serviceOf(record);
      if (service.ok) services.push(service.value);
      else faults.push(service.fault);
    }
  }
  return ok({ hostname, services, faults });
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
