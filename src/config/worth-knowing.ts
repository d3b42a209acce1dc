import { formatDuration } from '../lib/duration.js';
import type { Finding } from './finding.js';
import type { Settings } from './table.js';

/** Warnings about values that are right, but may not do what the operator thinks they do. */
export function worthKnowing({ sidecar, haproxy }: Settings): readonly Finding[] {
  const findings: Finding[] = [];
  if (sidecar.seeds.length === 0) {
    const message = 'no seeds are given (sidecar.seeds, -c): this agent joins nobody, it can only be joined';
    findings.push({ code: 'NO_SEEDS', message });
  }
  const { rejoinInterval, reconnectTimeout } = sidecar;
  if (reconnectTimeout < rejoinInterval) {
    const message =
      `sidecar.reconnect_timeout (${formatDuration(reconnectTimeout)}) is shorter than sidecar.rejoin_interval ` +
      `(${formatDuration(rejoinInterval)}): a missing member is given up before it is tried again`;
    findings.push({ code: 'RECONNECT_TOO_SHORT', message });
  }
  const hasKeys = sidecar.gossipKeys.length > 0 || sidecar.gossipKeysFile !== undefined;
  if (!hasKeys && !(sidecar.gossipVerifyIncoming && sidecar.gossipVerifyOutgoing)) {
    const message =
      'sidecar.gossip_verify_incoming and gossip_verify_outgoing have no effect without keys ' +
      '(sidecar.gossip_keys, gossip_keys_file): gossip is plain';
    findings.push({ code: 'VERIFY_WITHOUT_KEYS', message });
  }
  if (!haproxy.disable && haproxy.configFile === undefined)
    findings.push(notManaged('Name the file, or set haproxy.disable = true'));
  return findings;
}

/** @param remedy what to do about it */
export const notManaged = (remedy: string): Finding => ({
  code: 'HAPROXY_NOT_MANAGED',
  message: `haproxy.config_file is empty: HAProxy is not managed. ${remedy}`,
});
