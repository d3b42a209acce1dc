import type { CatalogSnapshot } from '../catalog/reader.js';
import { printable } from '../lib/printable.js';
import { compareBytes } from '../service/go-json.js';
import { isProxyMode, PROXY_MODES, refusalOf, type ProxyMode } from '../service/refusal.js';
import { Status, type Service } from '../service/service.js';
import type { Timestamp } from '../service/timestamp.js';
import type { Finding } from './finding.js';
import type { HostView } from './model.js';

/** The usable records of one service by what they mean to HAProxy; each list by (hostname, id), bytewise. */
export interface Roster {
  /** Alive, or draining: servers. */
  readonly live: readonly Service[];
  /** Tombstones of instances that went out of sight not long ago: servers where no live one is left. */
  readonly held: readonly Service[];
  /** Unhealthy, or not checked yet: known, but no server. */
  readonly unfit: readonly Service[];
  /** All other tombstones. */
  readonly gone: readonly Service[];
  /** When the oldest instance that is not gone was created, or of them all when all are. */
  readonly created: Timestamp;
}

const SOUND = 'sound';
type Judgement = Finding | typeof SOUND;

/** Records are immutable, and most of them are there again the next time. */
const judged = new WeakMap<Service, Judgement>();

/** Every record with ports, whatever its status: names bytewise, records by (hostname, id). */
export function recordsByName(snapshot: CatalogSnapshot): readonly (readonly [string, readonly Service[]])[] {
  const byName = new Map<string, Service[]>();
  for (const server of snapshot.servers.values()) {
    for (const service of server.services.values()) {
      if (!service.ports || service.ports.length === 0) continue;
      const records = byName.get(service.name);
      if (records) records.push(service);
      else byName.set(service.name, [service]);
    }
  }
  for (const records of byName.values()) {
    records.sort((a, b) => compareBytes(a.hostname, b.hostname) || compareBytes(a.id, b.id));
  }
  return [...byName].sort(([a], [b]) => compareBytes(a, b));
}

/** Sorts the records of a service out. What is wrong with a record is only said of one that would be a server. */
export function rosterOf(records: readonly Service[], host: Pick<HostView, 'isHeld'>, leftOut: Finding[]): Roster {
  const live: Service[] = [];
  const held: Service[] = [];
  const unfit: Service[] = [];
  const gone: Service[] = [];
  for (const record of records) {
    const { status, hostname, id } = record;
    const isLive = status === Status.Alive || status === Status.Draining;
    let judgement = judged.get(record);
    if (judgement === undefined) judged.set(record, (judgement = judge(record)));
    if (judgement !== SOUND) {
      if (isLive) leftOut.push(judgement);
    } else if (isLive) live.push(record);
    else if (status === Status.Unhealthy || status === Status.Unknown) unfit.push(record);
    else if (status === Status.Tombstone && host.isHeld(hostname, id)) held.push(record);
    else gone.push(record);
  }
  const present = live.length + held.length + unfit.length === 0 ? gone : [...live, ...held, ...unfit];
  return { live, held, unfit, gone, created: oldest(present) };
}

/** The mode that most instances ask for, ties in the order http, tcp, ws; those that are not live count when none is. */
export function modeOf(service: string, { live, held, unfit, gone }: Roster, remarks: Finding[]): ProxyMode {
  const voters = [live, held, unfit].find(({ length }) => length > 0) ?? gone;
  const votes = new Map<ProxyMode, number>();
  for (const { proxyMode } of voters) {
    const mode = isProxyMode(proxyMode) ? proxyMode : 'http';
    votes.set(mode, (votes.get(mode) ?? 0) + 1);
  }
  const count = (mode: ProxyMode): number => votes.get(mode) ?? 0;
  const winner = PROXY_MODES.reduce((best, mode) => (count(mode) > count(best) ? mode : best));
  if (voters !== live) return winner;
  if (votes.size > 1) {
    const poll = PROXY_MODES.map((mode) => `${mode}: ${count(mode)}`).join(', ');
    const message = `its instances disagree on ProxyMode (${poll}); all are proxied in mode ${winner}`;
    remarks.push({ service, code: 'PROXY_MODES_DIFFER', message });
  }
  const silent = live.filter(({ proxyMode }) => proxyMode === '').length;
  if (silent > 0) {
    const message = `${silent} of its ${live.length} instances have no ProxyMode, which counts as http`;
    remarks.push({ service, code: 'PROXY_MODE_EMPTY', message });
  }
  return winner;
}

/** Whether a record can have a part in a configuration, or why it cannot. */
function judge(record: Service): Judgement {
  const about = { service: record.name, instance: `${record.hostname}/${record.id}` };
  const refusal = refusalOf(record, false);
  if (refusal) {
    const message = `its ${refusal.field} is ${refusal.seen}, expected ${refusal.expected}`;
    return { ...about, code: refusal.code, message };
  }
  if (record.name === '') return { ...about, code: 'NAME_EMPTY', message: 'it has no name to call its proxy by' };
  if (record.proxyMode !== '' && !isProxyMode(record.proxyMode)) {
    const message = `its ProxyMode is ${printable(record.proxyMode)}, expected ${PROXY_MODES.join(', ')}`;
    return { ...about, code: 'PROXY_MODE_UNKNOWN', message };
  }
  return SOUND;
}

const oldest = (records: readonly Service[]): Timestamp =>
  records.reduce((first, { created }) => (created < first ? created : first), records[0]?.created ?? 0n);
