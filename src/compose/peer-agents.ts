import type { LoadedConfig } from '../config/load.js';
import type { GossipNode } from '../gossip/core/gossip-node.js';
import { isPresent } from '../gossip/core/member-table.js';
import type { AskHost, HostAnswer } from '../lib/ask-host.js';
import type { HttpAsk } from '../lib/http-ask.js';
import { formatAddress } from '../lib/ip-address.js';
import type { Millis } from '../lib/ports.js';
import { declarePeerFigures } from '../metrics/peer-figures.js';
import type { MetricsRegistry } from '../metrics/registry.js';
import { askHttp } from '../platform/http-client.js';
import { readHttpDoor } from '../replication/member-meta.js';

/** Where a live member says that its HTTP API is. */
export interface AgentPlace {
  readonly address: string;
  readonly port: number;
  readonly isTls: boolean;
}

const LIMITS = { timeoutMs: 1_000 satisfies Millis, maxBodyBytes: 1024 * 1024 };

/** The one way from this agent to those of other hosts. */
export function composePeerAgents(
  config: LoadedConfig,
  deps: { readonly node: () => GossipNode; readonly metrics: MetricsRegistry },
): AskHost {
  const ask = peerAgents(config.httpToken, { ask: askHttp, placeOf: (host) => placeIn(deps.node(), host) });
  const counts = { answered: 0, unanswered: 0, 'not-asked': 0 };
  declarePeerFigures(deps.metrics, () => counts);
  return async (host, path) => {
    const answer = await ask(host, path);
    counts[answer.state] += 1;
    return answer;
  };
}

/**
 * Asks the agents of other hosts, where their members say that they are.
 *
 * @param token our own; it goes only to who shows a certificate for the member's address, as anything else could be anybody.
 *              Reading needs none: it is for what may stand before an agent
 * @param deps.placeOf of a member that is alive; `original`: it says nothing of an HTTP API
 */
export function peerAgents(
  token: string | undefined,
  deps: { readonly ask: HttpAsk; readonly placeOf: (host: string) => AgentPlace | 'original' | undefined },
): AskHost {
  return async (host, path) => {
    const place = deps.placeOf(host);
    if (place === undefined) return { state: 'not-asked', why: 'it is no live member' };
    if (place === 'original')
      return { state: 'not-asked', why: 'it says no HTTP port: it is an original Sidecar, or an older one' };
    const at = `${place.isTls ? 'https' : 'http'}://${formatAddress(place)}`;
    const authorization = place.isTls && token !== undefined ? { Authorization: `Bearer ${token}` } : {};
    const headers = { Accept: 'application/json', ...authorization };
    const answer = await deps.ask({ method: 'GET', url: `${at}${path}`, headers }, LIMITS);
    const unanswered = (why: string): HostAnswer => ({ state: 'unanswered', why: `${at} ${why}` });
    switch (answer.outcome) {
      case 'unreachable':
        return unanswered(`does not answer: ${answer.reason}`);
      case 'timed-out':
        return unanswered(`does not answer within ${LIMITS.timeoutMs / 1_000} s`);
      case 'too-long':
        return unanswered('answers with more than 1 MiB');
      case 'answered':
        return { state: 'answered', at, status: answer.status, body: answer.body };
    }
  };
}

/** Where the agent of a live member says that it answers. */
function placeIn(node: GossipNode, host: string): AgentPlace | 'original' | undefined {
  const member = node.member(host);
  if (!member || !isPresent(member.state)) return undefined;
  const door = readHttpDoor(member.meta);
  return door ? { address: member.address, ...door } : 'original';
}
