import { localTime } from '../cli/local-time.js';
import type { FollowedSight } from '../dev/surroundings.js';
import { BorrowedCatalog } from '../follower/borrowed-catalog.js';
import { Follower } from '../follower/follower.js';
import { Mirror } from '../follower/mirror.js';
import type { Component } from '../lib/lifecycle.js';
import type { Logger } from '../lib/logger.js';
import { withoutPassword } from '../lib/printable.js';
import { systemClock, systemRandom, systemWallClock } from '../platform/clock.js';
import { getHttp } from '../platform/http-get.js';
import { msFromNs } from '../service/timestamp.js';
import type { Inside, View } from './guest.js';

/** The services of another cluster, borrowed: its gossip does not reach us, and nothing of ours is told there. */
export class Borrowing {
  private readonly wall = systemWallClock();
  private readonly mirror = new Mirror({ wall: this.wall });
  private follower: Follower | undefined;

  /** @param url of an agent of the other cluster */
  constructor(private readonly url: string) {}

  view({ catalog, members }: View): View {
    return {
      catalog: new BorrowedCatalog(catalog, this.mirror),
      members: { alive: () => [...new Set([...members.alive(), ...this.mirror.aliveHosts()])] },
    };
  }

  parts({ haproxy, problems }: Inside, log: Logger): readonly Component[] {
    const { mirror, url } = this;
    mirror.onHostLost((host) => haproxy.hostDied(host));
    this.follower = new Follower(
      { upstreams: [{ url }] },
      { mirror, http: getHttp, clock: systemClock, random: systemRandom, problems, log: log.child('follower') },
    );
    return [this.follower];
  }

  sight(): FollowedSight {
    const { connected: isConnected = false, lastFault } = this.follower?.status() ?? {};
    const { held } = this.mirror;
    const heldAt = held && localTime(msFromNs(held.at), msFromNs(this.wall.nowNs()));
    return { upstream: withoutPassword(this.url), isConnected, heldAt, lastFault };
  }
}
