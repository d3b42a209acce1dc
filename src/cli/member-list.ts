import type { Millis } from '../lib/ports.js';
import { isObject } from './is-object.js';

/** One member, as `/api/members` lists it; null: not known. */
export interface ListedMember {
  readonly name: string;
  readonly address: string;
  readonly port: number;
  /** Where its HTTP API is, at that address; undefined in the list of an older agent. */
  readonly http?: HttpDoor | null;
  readonly state: string;
  readonly isSelf: boolean;
  readonly incarnation: number | null;
  readonly lastHeardAgoMs: Millis | null;
  readonly roundTripMs: Millis | null;
  readonly skewMs: Millis | null;
  readonly versions: ListedVersions | null;
  readonly givenUpInMs: Millis | null;
}

/** Of a member, as it says itself. */
interface HttpDoor {
  readonly port: number;
  readonly isTls: boolean;
}

const VERSION_KEYS = ['pmin', 'pmax', 'pcur', 'dmin', 'dmax', 'dcur'] as const;
type ListedVersions = Readonly<Record<(typeof VERSION_KEYS)[number], number>>;

/** The document of `/api/members`. */
export interface MemberList {
  readonly clusterName: string;
  /** Of the host that answers. */
  readonly hostname: string;
  readonly members: readonly ListedMember[];
}

export function isMemberList(json: unknown): json is MemberList {
  return (
    isObject(json) &&
    typeof json['clusterName'] === 'string' &&
    typeof json['hostname'] === 'string' &&
    Array.isArray(json['members']) &&
    json['members'].every(isListedMember)
  );
}

function isListedMember(json: unknown): json is ListedMember {
  return (
    isObject(json) &&
    ['name', 'address', 'state'].every((key) => typeof json[key] === 'string') &&
    typeof json['port'] === 'number' &&
    (json['http'] === undefined || json['http'] === null || isHttpDoor(json['http'])) &&
    typeof json['isSelf'] === 'boolean' &&
    ['incarnation', 'lastHeardAgoMs', 'roundTripMs', 'skewMs', 'givenUpInMs'].every((key) =>
      isNumberOrNull(json[key]),
    ) &&
    (json['versions'] === null || isVersions(json['versions']))
  );
}

const isHttpDoor = (json: unknown): json is HttpDoor =>
  isObject(json) && typeof json['port'] === 'number' && typeof json['isTls'] === 'boolean';

const isNumberOrNull = (json: unknown): json is number | null => json === null || typeof json === 'number';

const isVersions = (json: unknown): json is ListedVersions =>
  isObject(json) && VERSION_KEYS.every((key) => typeof json[key] === 'number');
