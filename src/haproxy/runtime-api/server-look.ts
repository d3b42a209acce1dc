import type { Clock, Millis } from '../../lib/ports.js';
import { ok, refused, type Result } from '../../lib/result.js';
import type { AskSocket } from '../ports.js';
import { csvLines, csvWords } from './csv-line.js';

/** What HAProxy says of one of its servers. */
export interface ServerSeen {
  readonly backend: string;
  readonly server: string;
  /** HAProxy's words: `UP`, `DOWN 1/2`, `MAINT`, `DRAIN`, `no check` … */
  readonly status: string;
  readonly weight: number;
  /** What its last check showed; empty when HAProxy does not check it. */
  readonly check: string;
}

const LIMITS = { timeoutMs: 1_000, maxBytes: 8 * 1024 * 1024 };
const KEPT_MS: Millis = 1_000;

/** Looks at the servers of a running HAProxy for people: as long as it runs the same, at most once a second, whoever asks. */
export class ServerLook {
  private last:
    | { readonly at: Millis; readonly runs: unknown; readonly answer: Promise<Result<readonly ServerSeen[], string>> }
    | undefined;

  constructor(
    private readonly options: { readonly socket: string },
    private readonly deps: { readonly askSocket: AskSocket; readonly clock: Pick<Clock, 'now'> },
  ) {}

  /**
   * Every server that it runs, or why it does not tell. Never rejects.
   *
   * @param runs what it runs: another object when that has changed, so that no answer is older than what it is compared with
   */
  servers(runs: object | undefined): Promise<Result<readonly ServerSeen[], string>> {
    const at = this.deps.clock.now();
    // A question that hangs ends after LIMITS.timeoutMs, which is no longer than an answer is kept.
    if (!this.last || this.last.runs !== runs || at - this.last.at >= KEPT_MS)
      this.last = { at, runs, answer: this.look() };
    return this.last.answer;
  }

  private async look(): Promise<Result<readonly ServerSeen[], string>> {
    const said = await this.deps.askSocket(this.options.socket, 'show stat -1 4 -1', LIMITS);
    return said.ok ? parseServerStats(said.value) : refused(said.fault);
  }
}

const COLUMNS = ['pxname', 'svname', 'status', 'weight', 'check_desc'] as const;

/**
 * The answer to `show stat -1 4 -1`. Columns are found by their names: versions differ in their order.
 *
 * @returns the servers in HAProxy's order, or what cannot be read
 * @see HAProxy management guide, section 9.1
 */
export function parseServerStats(text: string): Result<readonly ServerSeen[], string> {
  const [header = '', ...lines] = csvLines(text);
  const names = header.replace(/^# /, '').split(',');
  const [backend = -1, server = -1, status = -1, weight = -1, check = -1] = COLUMNS.map((name) => names.indexOf(name));
  if (Math.min(backend, server, status, weight) < 0) return refused(header.slice(0, 200));
  return ok(
    lines
      .filter((line) => line !== '')
      .map((line) => {
        const words = csvWords(line);
        const word = (column: number): string => words[column] ?? '';
        return {
          backend: word(backend),
          server: word(server),
          status: word(status),
          weight: Number(word(weight)) || 0,
          check: word(check),
        };
      }),
  );
}
