import type { Alive, Dead, Suspect } from '../wire/message.js';
import type { GossipOptions } from './ports.js';

/**
 * Whether what came under `theirs` (undefined: without a name) is for our cluster (PROTOCOL 11). To be asked also before a
 * push/pull is answered: a stranger's stream is closed without a byte.
 */
export function isOurCluster(
  theirs: string | undefined,
  { clusterName, acceptMissingClusterName }: Pick<GossipOptions, 'clusterName' | 'acceptMissingClusterName'>,
): boolean {
  return theirs === clusterName || (theirs === undefined && acceptMissingClusterName);
}

/** News under our own name, whatever name they came under; without one the fork would not take them. */
export function underName<News extends Alive | Suspect | Dead>(clusterName: string | undefined, news: News): News {
  return clusterName === undefined ? news : { ...news, clusterName };
}
