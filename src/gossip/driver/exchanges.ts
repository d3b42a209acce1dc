import { printable } from '../../lib/printable.js';
import type { Millis } from '../../lib/ports.js';
import { ok, refused, type Result } from '../../lib/result.js';
import { mergeFaultSentence } from '../core/exchange.js';
import type { Endpoint } from '../core/ports.js';
import type { PushPull } from '../wire/message.js';
import type { DrivenNode } from './driven-node.js';
import type { PeerProblems } from './peer-problems.js';
import type { StreamClient } from './stream-client.js';
import { isOfKeys, type StreamFault } from './stream-fault.js';

/** Full exchanges of state, begun by us or by others (PROTOCOL 10, 15). */
export class Exchanges {
  constructor(
    private readonly timeoutMs: Millis,
    private readonly deps: {
      readonly driven: DrivenNode;
      readonly client: StreamClient;
      readonly problems: PeerProblems;
      /** Called after each that went well. */
      readonly onMerged: () => void;
    },
  ) {}

  /** Sends our state, and merges the one that comes back. Never rejects. */
  async begin(to: Endpoint, join: boolean): Promise<Result<undefined, StreamFault>> {
    const { driven, client, problems } = this.deps;
    const answer = await client.ask(to, () => driven.enter((node) => node.localState(join)), this.timeoutMs);
    if (!answer.ok) {
      if (isOfKeys(answer.fault)) problems.unreadableFrom(to);
      return answer.fault.code === 'EMPTY' ? refused(UNANSWERED) : answer;
    }
    switch (answer.value.type) {
      case 'push-pull':
        return this.merge(answer.value, to);
      case 'err':
        return refused({ code: 'REFUSED', detail: `it refuses: ${printable(answer.value.error)}` });
      case 'ping':
      case 'ack':
      case 'user':
        return refused({ code: 'UNEXPECTED', detail: `it answers with ${answer.value.type} instead of its state` });
    }
  }

  /**
   * Merges the state of somebody who asks for ours. Ours is taken before the merge, as if it had been sent by then: so a slow
   * reader does not hold the merge up.
   *
   * @returns our state, or undefined for one who is to get no answer: a stranger
   */
  answer(remote: PushPull, from: Endpoint): PushPull | undefined {
    const own = this.deps.driven.enter((node) => node.localState(remote.join, remote));
    const merged = this.merge(remote, from);
    return !merged.ok && merged.fault.code === 'FOREIGN_CLUSTER' ? undefined : own;
  }

  private merge(remote: PushPull, from: Endpoint): Result<undefined, StreamFault> {
    const { driven, problems, onMerged } = this.deps;
    const merged = driven.enter((node, now) => node.onPushPull(remote, from, now));
    if (!merged) return refused(NOT_TAKEN);
    if (merged.ok) {
      problems.merged();
      onMerged();
      return ok(undefined);
    }
    const detail = mergeFaultSentence(merged.fault);
    if (merged.fault.code === 'VERSIONS_INCOMPATIBLE') problems.conflict(from, detail);
    return refused({ code: merged.fault.code, detail });
  }
}

const UNANSWERED: StreamFault = {
  code: 'EMPTY',
  detail: 'it closed the connection without an answer: compare cluster_name and the gossip keys of both hosts',
};
const NOT_TAKEN: StreamFault = { code: 'STOPPED', detail: 'this node takes nothing in' };
