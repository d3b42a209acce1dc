import type { LoadedConfig } from '../config/load.js';
import type { ClusterFacts } from '../http/cluster.js';
import type { AskHost } from '../lib/ask-host.js';
import type { Clock, WallClock } from '../lib/ports.js';
import { MemberViews } from '../sight/member-views.js';

/** Who tells which member sees which; it asks nobody by itself. */
export function composeSight(
  { settings }: LoadedConfig,
  deps: {
    readonly cluster: ClusterFacts;
    readonly askHost: AskHost;
    readonly clock: Clock;
    readonly wall: WallClock;
  },
): MemberViews {
  return new MemberViews(settings.sidecar.clusterName, { ...deps, members: () => deps.cluster.members() });
}
