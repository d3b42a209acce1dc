import { fieldsOf, numberOf, objectsOf, textOf, wordOf } from './fields.js';

/** A cluster, and how it stands with it, as the last questions of anybody to it tell. */
export interface ClusterStanding {
  readonly name: string;
  /** That of the agent that serves this page. */
  readonly isSelf: boolean;
  /** Why it cannot be reached; undefined: it can, or nobody has asked. */
  readonly fault: string | undefined;
  /** Since it last told anything; undefined: it never has. */
  readonly lastAnswerAgoMs: number | undefined;
}

/** `/api/clusters`, the own one first. @returns undefined for what is no list of them */
export function readClusters(body: unknown): readonly ClusterStanding[] | undefined {
  const { clusters } = fieldsOf(body);
  if (!Array.isArray(clusters)) return undefined;
  return objectsOf(clusters)
    .map((cluster) => ({
      name: textOf(cluster['name']),
      isSelf: cluster['isSelf'] === true,
      fault: cluster['state'] === 'unreachable' ? (wordOf(cluster['message']) ?? 'it does not answer') : undefined,
      lastAnswerAgoMs: numberOf(cluster['lastAnswerAgoMs']),
    }))
    .sort((a, b) => Number(b.isSelf) - Number(a.isSelf));
}

/** What stands before each path of another cluster at the agent that serves this page. */
export const baseOf = (cluster: string): string => `/api/clusters/${encodeURIComponent(cluster)}`;
