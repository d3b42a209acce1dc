import { messageOf } from '../../lib/fault.js';
import type { Component } from '../../lib/lifecycle.js';
import type { Logger } from '../../lib/logger.js';
import type { WallClock } from '../../lib/ports.js';
import type { ProblemBoard } from '../../lib/problems.js';
import { aborted } from '../../lib/sleep.js';
import type { FileRead, WatchFile } from '../../lib/watched-file.js';
import type { DiscoveredService, OnListed } from '../../service/discovered.js';
import type { Timestamp } from '../../service/timestamp.js';
import { Statements, type Statement } from '../statements.js';
import { MAX_FILE_BYTES, parseStaticFile, type RefusedTarget } from './static-file.js';
import type { TargetFacts } from './target.js';

const ROOM = 'static-discovery';
/** The most refused targets stated one by one; the rest are stated as a number. */
const MAX_STATED = 20;

export interface StaticDiscoveryOptions extends Omit<TargetFacts, 'nowNs'> {
  readonly path: string;
}

/** What the file has to do with one service. */
export interface StaticTrace {
  readonly path: string;
  /** Why nothing could be taken from it the last time; undefined while it is in order. */
  readonly unusable: string | undefined;
  readonly refused: readonly Pick<RefusedTarget, 'index' | 'message'>[];
}

/**
 * Reports the services of a static file, and reports them anew whenever the file changes. A file that cannot be used keeps
 * the last good list in force; before the first good one nothing is reported, since not listed yet is not the same as empty.
 */
export class StaticDiscovery implements Component {
  readonly name = ROOM;
  private lastGood: string | undefined;
  private created: ReadonlyMap<string, Timestamp> = new Map();
  private readonly statements: Statements;
  private isFaulty = false;
  private refused: readonly RefusedTarget[] = [];
  private unusableNow: string | undefined;

  constructor(
    private readonly options: StaticDiscoveryOptions,
    private readonly deps: {
      readonly watchFile: WatchFile;
      readonly onListed: OnListed;
      readonly wall: WallClock;
      readonly problems: ProblemBoard;
      readonly log: Logger;
    },
  ) {
    this.statements = new Statements(ROOM, deps);
  }

  async run(signal: AbortSignal, ready: () => void): Promise<void> {
    const close = this.deps.watchFile(this.options.path, MAX_FILE_BYTES, {
      onRead: (read) => this.take(read),
      onError: (error) => this.failed(error),
    });
    ready(); // an absent file must not keep this host out of the cluster
    await aborted(signal);
    await close();
  }

  /** What is wrong with the file as a whole, in a sentence, and what of it is refused that is called `service`. */
  trace(service: string): StaticTrace {
    const { path } = this.options;
    const refused = this.refused.filter(({ name }) => name === service);
    return { path, unusable: this.unusableNow, refused: refused.map(({ index, message }) => ({ index, message })) };
  }

  private take(read: FileRead): void {
    const { path } = this.options;
    this.unusableNow = undefined;
    if (!read.ok) {
      this.state([{ code: read.fault.code, subject: path, message: this.unusable(read.fault.message) }]);
      return;
    }
    const parsed = parseStaticFile(read.value, { ...this.options, nowNs: this.deps.wall.nowNs() });
    if (!parsed.ok) {
      this.state([
        { code: parsed.fault.code, subject: path, message: this.unusable(`${path} ${parsed.fault.message}`) },
      ]);
      return;
    }
    this.refused = parsed.value.refused;
    this.state(this.statementsOf(this.refused));
    if (read.value === this.lastGood) return;
    this.hand(parsed.value.services);
    this.lastGood = read.value;
  }

  private hand(listed: readonly DiscoveredService[]): void {
    const services = listed.map((service) => ({
      ...service,
      created: this.created.get(service.id) ?? service.created,
    }));
    this.created = new Map(services.map(({ id, created }) => [id, created]));
    this.deps.log.info('static file read', { path: this.options.path, services: services.length });
    this.deps.onListed('static', services);
  }

  /** A fault of the program. The agent goes on with what it knows: most of its work does not depend on this file. */
  private failed(error: unknown): void {
    const { path } = this.options;
    this.deps.log.error('the static file could not be taken in', { path, error });
    const message = this.unusable(`${path} could not be taken in: ${messageOf(error)}`);
    this.state([{ code: 'FILE_NOT_TAKEN', subject: path, message }]);
  }

  private unusable(what: string): string {
    const kept = this.lastGood === undefined ? 'no static service is known' : 'the services read before stay in force';
    this.unusableNow = `${what}; ${kept}`;
    return this.unusableNow;
  }

  private statementsOf(targets: readonly RefusedTarget[]): readonly Statement[] {
    const { path } = this.options;
    const stated = targets
      .slice(0, MAX_STATED)
      .map(({ code, index, message }) => ({ code, subject: `${path}[${index}]`, message: `${path}: ${message}` }));
    const more = targets.length - stated.length;
    if (more === 0) return stated;
    return [
      ...stated,
      { code: 'MORE_TARGETS_REFUSED', subject: path, message: `${path}: ${more} more targets are refused` },
    ];
  }

  /** Makes `now` all that is wrong; each new statement is logged, and once the end of the last. */
  private state(now: readonly Statement[]): void {
    this.statements.state(now);
    if (this.isFaulty && now.length === 0)
      this.deps.log.info('static file is in order again', { path: this.options.path });
    this.isFaulty = now.length > 0;
  }
}
