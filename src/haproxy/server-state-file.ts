import { canonicalAddress } from '../lib/ip-address.js';
import type { Config, Section, ServerLine } from './plan/config.js';
import { optionsOf } from './plan/server-line.js';
import { ADMIN, CHECK } from './runtime-api/server-state.js';

const VERSION = '1';
/** HAProxy's management guide, `show servers state`; the columns after these are optional, and would override the configuration. */
const HEADER = [
  VERSION,
  '# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_iweight ' +
    'srv_time_since_last_change srv_check_status srv_check_result srv_check_health srv_check_state srv_agent_state ' +
    'bk_f_forced_id srv_f_forced_id srv_fqdn srv_port srvrecord',
];
const COLUMNS = 20;
/** HAProxy gives up the whole file at a line that is not shorter. */
const MAX_LINE = 2_000;
/** Checks are configured, and nobody switched them off. */
const CHECKED = CHECK.configured | CHECK.enabled;
const NEVER_CHECKED = '0';
/** Drained, by itself or with a server that it tracks: it is checked all the same. */
const DRAINED = ADMIN.drain | 0x10;

/**
 * What a new HAProxy is to know of the one before, for `load-server-state-from-file`: the checks' verdicts, so that a server
 * that is down gets no request until it is well again. Nothing else outlives a reload: weights, maintenance, drain, addresses
 * and ports come from the configuration.
 *
 * A server is left out, and begins anew, when its verdict is none of `next`: it had no check, was never checked or was in
 * maintenance, or its address or port is another one. Without any server the text is the header, which HAProxy takes in silence.
 *
 * @param states answer of `show servers state`; lines that cannot be read are passed over
 * @param next   the configuration that is about to be loaded
 */
export function serverStateFile(states: string, next: Config): string {
  const checked = checkedServers(next);
  const [version, ...rows] = states.split('\n');
  const lines = (version === VERSION ? rows : []).flatMap((line) => {
    const words = line.trim().split(' ');
    const server = checked.get(`${words[1]}/${words[3]}`);
    const kept = server && words.length >= COLUMNS ? keptOf(words, server) : undefined;
    return kept === undefined || kept.length >= MAX_LINE ? [] : [kept];
  });
  return [...HEADER, ...lines, ''].join('\n');
}

function checkedServers({ sections }: Config): ReadonlyMap<string, ServerLine> {
  const checked = new Map<string, ServerLine>();
  for (const section of sections) {
    for (const server of section.servers.values()) {
      if (isChecked(section, server)) checked.set(`${section.name}/${server.name}`, server);
    }
  }
  return checked;
}

function isChecked({ defaultServer }: Section, { args }: ServerLine): boolean {
  const keywords = [...optionsOf(defaultServer), ...optionsOf(args)].map(([keyword]) => keyword);
  return keywords.lastIndexOf('check') > keywords.lastIndexOf('no-check');
}

function keptOf(words: readonly string[], server: ServerLine): string | undefined {
  const [backendId, backend, id, name, address = '', ...figures] = words.slice(0, 14);
  const [fqdn, port] = words.slice(17);
  const isSamePlace = canonicalAddress(server.host) === canonicalAddress(address) || server.host === fqdn;
  if (!isSamePlace || String(server.port) !== port || !figures.every((word) => /^\d{1,10}$/.test(word)))
    return undefined;
  const [state, admin, , , changed, status, result, health, check] = figures;
  const isVerdict = (Number(admin) & ~DRAINED) === 0 && (Number(check) & CHECKED) === CHECKED;
  if (!isVerdict || result === NEVER_CHECKED) return undefined;
  return [
    ...[backendId, backend, id, name],
    '-', // the address is that of the configuration
    state,
    '0 1 1', // no state of administration; a weight that was not changed while it ran leaves the configuration's as it is
    ...[changed, status, result, health],
    CHECKED,
    '0 0 0 -',
    port,
    '-',
  ].join(' ');
}
