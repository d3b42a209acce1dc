import type { Clock, Millis, WallClock } from '../../lib/ports.js';
import { ok, refused, type Result } from '../../lib/result.js';
import { Turns } from '../../lib/turns.js';
import type { Timestamp } from '../../service/timestamp.js';
import type { Owners, ProxyOwner, ServerOwner } from '../owners.js';
import type { AskSocket } from '../ports.js';
import { csvLines } from './csv-line.js';
import { parseInfo } from './server-state.js';
import { statsReader, type BackendStats, type FrontendStats, type ServerStats } from './stats.js';

/** The figures of a running HAProxy: totals count from the start of the process `pid`, which a reload replaces. */
export interface ProxyFigures {
  readonly time: Timestamp;
  readonly pid: number;
  /** Seconds since that process was started; null when it does not tell. */
  readonly uptimeS: number | null;
  /** Each list in HAProxy's order. */
  readonly frontends: readonly (FrontendStats & ProxyOwner)[];
  readonly backends: readonly (BackendStats & ProxyOwner)[];
  readonly servers: readonly (ServerStats & ServerOwner)[];
}

/** Both in one answer, of one process; of proxies without their listeners. */
const QUESTION = 'show info;show stat -1 7 -1';
/** Some 6,000 services with 3 servers each. */
const LIMITS = { timeoutMs: 1_000, maxBytes: 8 * 1024 * 1024 };
const KEPT_MS: Millis = 1_000;
/** Some 2 ms of work. */
const LINES_PER_TURN = 250;

/** Looks at the figures of a running HAProxy for people: at most once a second, whoever asks. */
export class StatsLook {
  private last: { readonly at: Millis; readonly answer: Promise<Result<ProxyFigures, string>> } | undefined;
  private isLooking = false;
  private readonly turns: Turns;

  constructor(
    private readonly options: { readonly socket: string },
    private readonly deps: {
      readonly askSocket: AskSocket;
      /** By what it is to serve now. */
      readonly owners: () => Owners;
      readonly clock: Clock;
      readonly wall: WallClock;
    },
  ) {
    this.turns = new Turns(deps.clock);
  }

  /** The figures, the same object for all who ask within a second, or why HAProxy does not tell. Never rejects. */
  figures(): Promise<Result<ProxyFigures, string>> {
    const at = this.deps.clock.now();
    if (!this.last || (!this.isLooking && at - this.last.at >= KEPT_MS)) {
      this.isLooking = true;
      this.last = { at, answer: this.look().finally(() => (this.isLooking = false)) };
    }
    return this.last.answer;
  }

  private async look(): Promise<Result<ProxyFigures, string>> {
    const { askSocket, owners, wall } = this.deps;
    const said = await askSocket(this.options.socket, QUESTION, LIMITS);
    if (!said.ok) return said;
    const time = wall.nowNs();
    // An empty line ends each answer: the last one is missing where the rest was cut off.
    const [, info, stats] = /^(.*?)\n\n(.*)\n\n$/s.exec(said.value) ?? [];
    if (info === undefined || stats === undefined)
      return refused(`its answer of ${said.value.length} characters breaks off: ${said.value.slice(0, 200)}`);
    const identity = parseInfo(info);
    if (!identity.ok) return identity;
    await this.turns.take(NEVER);
    return this.read(stats, { time, pid: identity.value.pid, uptimeS: uptimeOf(info) }, owners());
  }

  private async read(
    text: string,
    about: Pick<ProxyFigures, 'time' | 'pid' | 'uptimeS'>,
    owners: Owners,
  ): Promise<Result<ProxyFigures, string>> {
    const [header = '', ...lines] = csvLines(text);
    const reader = statsReader(header);
    if (!reader.ok) return reader;
    const frontends: (FrontendStats & ProxyOwner)[] = [];
    const backends: (BackendStats & ProxyOwner)[] = [];
    const servers: (ServerStats & ServerOwner)[] = [];
    for (let start = 0; start < lines.length; start += LINES_PER_TURN) {
      await this.turns.take(NEVER);
      for (const line of lines.slice(start, start + LINES_PER_TURN)) {
        const row = reader.value(line);
        if (!row.ok) return row;
        if (row.value === undefined) continue;
        switch (row.value.of) {
          case 'frontend':
            frontends.push({ ...row.value.stats, ...owners.ofProxy(row.value.stats.name) });
            break;
          case 'backend':
            backends.push({ ...row.value.stats, ...owners.ofProxy(row.value.stats.name) });
            break;
          case 'server': {
            const { stats, address } = row.value;
            servers.push({ ...stats, ...owners.ofServer(stats.backend, stats.server, address) });
            break;
          }
        }
      }
    }
    return ok({ ...about, frontends, backends, servers });
  }
}

const { signal: NEVER } = new AbortController();

function uptimeOf(info: string): number | null {
  const seconds = /^Uptime_sec: (\d+)$/m.exec(info)?.[1];
  return seconds === undefined ? null : Number(seconds);
}
