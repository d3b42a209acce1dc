import { readEvent, type AgentEvent } from './event.js';
import { fieldsOf, instantOf, numberOf, objectsOf, textOf, wordOf, type Fields } from './fields.js';
import { readInstance, type Instance } from './instance.js';

/** `/api/state.json`. */
export interface State {
  readonly clusterName: string;
  /** The host that answers. */
  readonly hostname: string;
  readonly instances: readonly Instance[];
  /** When any of them last changed. */
  readonly changedAt: number | undefined;
}

/** @returns undefined for what is no state */
export function readState(body: unknown): State | undefined {
  const fields = fieldsOf(body);
  if (typeof fields['Servers'] !== 'object') return undefined;
  const servers = Object.values(fieldsOf(fields['Servers'])).map(fieldsOf);
  const records = servers.flatMap((server) => Object.values(fieldsOf(server['Services'])));
  return {
    clusterName: textOf(fields['ClusterName']),
    hostname: textOf(fields['Hostname']),
    instances: records.map(readInstance).filter((instance) => instance !== undefined),
    changedAt: instantOf(fields['LastChanged']),
  };
}

/** A member of the cluster, as the agent sees it; what is not known is undefined. */
export interface Member {
  readonly name: string;
  readonly address: string;
  readonly port: number;
  /** alive, suspect, dead, left, missing. */
  readonly state: string;
  readonly isSelf: boolean;
  readonly lastHeardAgoMs: number | undefined;
  readonly roundTripMs: number | undefined;
  /** How far its clock is ahead of the agent's. */
  readonly skewMs: number | undefined;
  readonly givenUpInMs: number | undefined;
  /** Where its HTTP API is, at its address, as it says itself; Go Sidecar does not. */
  readonly http: { readonly port: number; readonly isTls: boolean } | undefined;
  /** Of the gossip protocol, and of what it carries; the least, the most, and the one that is spoken. */
  readonly versions: Versions | undefined;
}

export interface Versions {
  readonly protocol: readonly [least: number, most: number, current: number];
  readonly delegate: readonly [least: number, most: number, current: number];
}

/** `/api/members`, in the agent's order. @returns undefined for what is no list of them */
export function readMembers(body: unknown): readonly Member[] | undefined {
  const { members } = fieldsOf(body);
  if (!Array.isArray(members)) return undefined;
  return objectsOf(members).map((member) => ({
    name: textOf(member['name']),
    address: textOf(member['address']),
    port: numberOf(member['port']) ?? 0,
    state: textOf(member['state']),
    isSelf: member['isSelf'] === true,
    lastHeardAgoMs: numberOf(member['lastHeardAgoMs']),
    roundTripMs: numberOf(member['roundTripMs']),
    skewMs: numberOf(member['skewMs']),
    givenUpInMs: numberOf(member['givenUpInMs']),
    http: doorOf(fieldsOf(member['http'])),
    versions: versionsOf(fieldsOf(member['versions'])),
  }));
}

function doorOf({ port, isTls }: Fields): Member['http'] {
  const number = numberOf(port);
  return number === undefined ? undefined : { port: number, isTls: isTls === true };
}

function versionsOf(fields: Fields): Versions | undefined {
  const read = (key: string): number => numberOf(fields[key]) ?? 0;
  if (numberOf(fields['pcur']) === undefined) return undefined;
  return {
    protocol: [read('pmin'), read('pmax'), read('pcur')],
    delegate: [read('dmin'), read('dmax'), read('dcur')],
  };
}

/** `/api/history`. */
export interface History {
  /** Oldest first. */
  readonly events: readonly AgentEvent[];
  /** When the oldest event was that is kept. */
  readonly oldest: number | undefined;
  /** Older ones pass as well. */
  readonly isTruncated: boolean;
}

export function readHistory(body: unknown): History {
  const fields = fieldsOf(body);
  return {
    events: objectsOf(fields['events'])
      .map(readEvent)
      .filter((event) => event !== undefined),
    oldest: instantOf(fields['oldest']),
    isTruncated: fields['isTruncated'] === true,
  };
}

/** What the agent says when it refuses: a sentence. */
export const refusalOf = (body: unknown): string | undefined => wordOf(fieldsOf(body)['message']);
