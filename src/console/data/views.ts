import { fieldsOf, numberOf, objectsOf, textOf, textsOf, wordOf } from './fields.js';

/** A member that a host sees in another state than the host that answers. */
export interface Difference {
  readonly name: string;
  readonly state: string;
  readonly ours: string;
}

/** One member, and what it believes of all. */
export interface HostView {
  readonly name: string;
  /** As the host that answers sees it. */
  readonly state: string;
  /** self, answered, unanswered, not-asked. */
  readonly asked: string;
  /** Why there is no view of it. */
  readonly message: string | undefined;
  /** How many members it has alive; undefined without a view of it. */
  readonly sees: number | undefined;
  readonly differs: readonly Difference[];
  /** Differences beyond those that are listed. */
  readonly omitted: number;
}

/** `/api/views`: who sees whom. */
export interface Views {
  readonly hosts: readonly HostView[];
  /** Hosts that see each other, the largest group first; one group: the cluster is whole. */
  readonly partitions: readonly (readonly string[])[];
}

/** @returns undefined for anything else */
export function readViews(body: unknown): Views | undefined {
  const { hosts, partitions } = fieldsOf(body);
  if (!Array.isArray(hosts) || !Array.isArray(partitions)) return undefined;
  return {
    hosts: objectsOf(hosts).map((host) => ({
      name: textOf(host['name']),
      state: textOf(host['state']),
      asked: textOf(host['asked']),
      message: wordOf(host['message']),
      sees: numberOf(host['sees']),
      differs: objectsOf(host['differs']).map(({ name, state, ours }) => ({
        ...{ name: textOf(name), state: textOf(state), ours: textOf(ours) },
      })),
      omitted: numberOf(host['omitted']) ?? 0,
    })),
    partitions: partitions.map(textsOf),
  };
}
