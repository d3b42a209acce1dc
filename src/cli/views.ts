import { isObject } from './is-object.js';

/** A member that another host sees in another state than the one that was asked. */
interface Difference {
  readonly name: string;
  readonly state: string;
  readonly ours: string;
}

/** One member, and what it believes of all. */
export interface HostView {
  readonly name: string;
  readonly state: string;
  readonly asked: string;
  /** Why there is no view of it. */
  readonly message: string | null;
  /** How many members it has alive. */
  readonly sees: number | null;
  readonly differs: readonly Difference[];
  readonly omitted: number;
}

/** The document of `/api/views`. */
export interface Views {
  readonly clusterName: string;
  readonly hosts: readonly HostView[];
  readonly partitions: readonly (readonly string[])[];
}

export function isViews(json: unknown): json is Views {
  return (
    isObject(json) &&
    typeof json['clusterName'] === 'string' &&
    Array.isArray(json['hosts']) &&
    json['hosts'].every(isHostView) &&
    Array.isArray(json['partitions']) &&
    json['partitions'].every((group) => Array.isArray(group) && group.every((name) => typeof name === 'string'))
  );
}

function isHostView(json: unknown): json is HostView {
  return (
    isObject(json) &&
    ['name', 'state', 'asked'].every((key) => typeof json[key] === 'string') &&
    (json['message'] === null || typeof json['message'] === 'string') &&
    (json['sees'] === null || typeof json['sees'] === 'number') &&
    Array.isArray(json['differs']) &&
    json['differs'].every(isDifference) &&
    typeof json['omitted'] === 'number'
  );
}

const isDifference = (json: unknown): json is Difference =>
  isObject(json) && ['name', 'state', 'ours'].every((key) => typeof json[key] === 'string');

/** Whether every host that said what it sees sees the same, and all are in one group. */
export const isAgreed = ({ hosts, partitions }: Views): boolean =>
  partitions.length <= 1 && hosts.every(({ differs }) => differs.length === 0);
