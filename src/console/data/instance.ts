import { fieldsOf, instantOf, numberOf, objectsOf, textOf, wordOf } from './fields.js';

/** As the agent names them; a number that nobody knows reads as a tombstone, here as there. */
export const STATUSES = ['Alive', 'Unhealthy', 'Draining', 'Unknown', 'Tombstone'] as const;
export type Status = (typeof STATUSES)[number];

const BY_NUMBER: readonly Status[] = ['Alive', 'Tombstone', 'Unhealthy', 'Unknown', 'Draining'];

export interface Port {
  readonly type: string;
  readonly port: number;
  /** The port HAProxy offers the service at; 0: none. */
  readonly servicePort: number;
  readonly ip: string;
}

/** One instance of a service, as a record of the catalog has it. Times are milliseconds since 1970. */
export interface Instance {
  readonly id: string;
  readonly service: string;
  readonly host: string;
  readonly image: string;
  readonly created: number | undefined;
  /** The origin's time of this version: the newest counts. */
  readonly updated: number;
  readonly mode: string;
  readonly status: Status;
  readonly ports: readonly Port[];
}

/** What names an instance in the whole cluster. */
export const keyOf = (host: string, id: string): string => `${host}/${id}`;

/** Reads a record, of the contract's shape. @returns undefined for what names no instance */
export function readInstance(value: unknown): Instance | undefined {
  const fields = fieldsOf(value);
  const id = wordOf(fields['ID']);
  const host = wordOf(fields['Hostname']);
  if (id === undefined || host === undefined) return undefined;
  return {
    id,
    host,
    service: textOf(fields['Name']),
    image: textOf(fields['Image']),
    created: instantOf(fields['Created']),
    updated: instantOf(fields['Updated']) ?? 0,
    mode: textOf(fields['ProxyMode']),
    status: BY_NUMBER[numberOf(fields['Status']) ?? -1] ?? 'Tombstone',
    ports: objectsOf(fields['Ports']).map((port) => ({
      type: textOf(port['Type']),
      port: numberOf(port['Port']) ?? 0,
      servicePort: numberOf(port['ServicePort']) ?? 0,
      ip: textOf(port['IP']),
    })),
  };
}
