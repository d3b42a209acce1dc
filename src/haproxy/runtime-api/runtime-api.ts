import type { Clock, Millis } from '../../lib/ports.js';
import { ok, refused, type Result } from '../../lib/result.js';
import type { Config, Section } from '../plan/config.js';
import type { ReloadReason, ServerChange } from '../plan/plan.js';
import type { AskSocket } from '../ports.js';
import { Acceptance } from './acceptance.js';
import { Applier } from './applier.js';
import { sectionsWithServers, type Resolve } from './desired.js';
import { reloadReasonOf, type RuntimeFault } from './fault.js';
import { stepsOf, type Move, type Operation, type Placed, type Step } from './moves.js';
import { movesOf } from './moves-of-changes.js';
import { compare } from './reconcile.js';
import { MAX_RETIRING, Retirements, type Retiring } from './retirements.js';
import { parseInfo, parseServersState, parseSessions, type HaproxyInfo } from './server-state.js';
import { RuntimeSession } from './session.js';

export interface RuntimeApiOptions {
  /** Path of the stats socket. */
  readonly socket: string;
  /** How long requests may run on the removed server of a dead instance before they are cut; > 0. */
  readonly drainTimeoutMs: Millis;
  /** The same for connections that last: mode tcp, and tunnels. */
  readonly drainTimeoutTcpMs: Millis;
}

export interface RuntimeApiParts {
  readonly askSocket: AskSocket;
  readonly clock: Clock;
  /** Whether the instance behind a server was seen to die. */
  readonly isDead: (backend: string, server: string) => boolean;
}

export interface Reconciliation {
  readonly differences: number;
  /** All of them, or with a fault none that is known of. */
  readonly repaired: number;
  /** The first 20 differences, for people. */
  readonly texts: readonly string[];
  readonly fault: RuntimeFault | undefined;
}

const MAX_TEXTS = 20;
/** Connections, idle ones too, or somebody who enabled the server again: it is worth another try. */
const NOT_YET = /connections|maintenance mode/;

/**
 * Changes the servers of a running HAProxy over its stats socket.
 *
 * One method at a time: nothing here guards against two that run at once. Nothing rejects. After a fault it is unknown how
 * much was done: reload and `reset`, or `reconcile` until there is no difference.
 */
export class RuntimeApi {
  private readonly session: RuntimeSession;
  private readonly retirements: Retirements;
  private readonly acceptance = new Acceptance();
  private readonly applier: Applier;
  /** Undefined until it is asked who runs. */
  private running: HaproxyInfo | undefined;

  constructor(
    private readonly options: RuntimeApiOptions,
    private readonly parts: RuntimeApiParts,
  ) {
    this.session = new RuntimeSession(parts.askSocket, options.socket);
    this.retirements = new Retirements(parts.isDead);
    this.applier = new Applier(this.session, this.acceptance);
  }

  /** Commands that HAProxy carried out since the start, by kind. */
  operations(): Readonly<Record<Operation, number>> {
    return this.applier.operations();
  }

  /** The servers that are being removed, the longest first. */
  retiring(): readonly Retiring[] {
    return this.retirements.list();
  }

  /** HAProxy's version, as it says itself; undefined while it has not. */
  get version(): string | undefined {
    return this.running?.version;
  }

  /** The lines that `apply` would send; none when it would refuse. */
  preview(changes: readonly ServerChange[], desired: Config, resolve: Resolve): readonly string[] {
    const moves = movesOf(changes, desired, resolve, this.retirements);
    return moves.ok ? moves.value.flatMap(({ move }) => stepsOf(move).map(({ line }) => line)) : [];
  }

  /** When `tick` next has something to do, on the clock's scale; undefined when it has nothing to wait for. */
  nextDue(): Millis | undefined {
    return this.retirements.nextDue();
  }

  /** HAProxy was reloaded or restarted: it runs the file, and nothing is being removed from it. */
  reset(): void {
    this.retirements.clear();
    this.running = undefined;
  }

  /**
   * Why changes need a reload, as far as this version of HAProxy refused the like before. It is not asked again.
   *
   * @param desired the configuration with the changes
   */
  wouldAccept(changes: readonly ServerChange[], desired: Config): ReloadReason | undefined {
    const moves = movesOf(changes, desired, () => undefined, this.retirements);
    if (!moves.ok) return reloadReasonOf(moves.fault);
    for (const { move, section } of moves.value) {
      const words = this.acceptance.refusalOf(move, section);
      if (words === undefined) continue;
      const name = move.kind === 'remove' ? move.name : move.target.name;
      return { cause: 'runtime-api-refused', text: `${section.name}/${name}: ${words}` };
    }
    return undefined;
  }

  /**
   * Brings changes into HAProxy: everything is added and set and read back, then what is removed is drained, and deleted by
   * `tick` when its last request has ended. A server that is added while it is still being removed is revived. To roll back,
   * apply the changes that lead back.
   *
   * @param desired the configuration with the changes
   * @returns undefined when HAProxy is seen to run it
   */
  async apply(changes: readonly ServerChange[], desired: Config, resolve: Resolve): Promise<RuntimeFault | undefined> {
    if (changes.length === 0) return undefined;
    const unknown = await this.identify();
    if (unknown) return unknown;
    const moves = movesOf(changes, desired, resolve, this.retirements);
    return moves.ok ? this.carryOut(moves.value) : moves.fault;
  }

  /**
   * Compares all servers with what they should be, and repairs what differs: somebody's hand, a lost command. A server that
   * is being removed is no difference; what HAProxy runs in backends that are not desired is not looked at.
   */
  async reconcile(desired: Config, resolve: Resolve): Promise<Reconciliation> {
    const command = 'show servers state';
    const said = await this.session.ask(['show info', command]);
    if (!said.ok) return lost(said.fault);
    const [info = '', text = ''] = said.value;
    const unknown = this.meet(info);
    if (unknown) return lost(unknown);
    const state = parseServersState(text);
    if (!state.ok) return lost({ code: 'UNREADABLE', command, words: state.fault });
    this.keepDesired(desired);
    const isRetiring = (backend: string, name: string): boolean => this.retirements.has(backend, name);
    const found = compare(state.value, desired, resolve, isRetiring);
    const fault = await this.carryOut(found);
    return {
      differences: found.length,
      repaired: fault ? 0 : found.length,
      texts: found.slice(0, MAX_TEXTS).map((difference) => difference.text),
      fault,
    };
  }

  /**
   * Looks after the servers that are being removed: at most 100 of those due, each in one look at its backend's sessions.
   * One without sessions is deleted; one of a dead instance is cut at its deadline; every other one is looked at again, the
   * older the more seldom.
   *
   * @param now on the clock's scale
   */
  async tick(now: Millis): Promise<RuntimeFault | undefined> {
    const due = this.retirements.due(now);
    if (due.length === 0) return undefined;
    const sessions = await this.sessionsOf([...new Set(due.map(({ backend }) => backend))]);
    if (!sessions.ok) return sessions.fault;
    const deletions: Retiring[] = [];
    const cuts: Step[] = [];
    for (const server of due) {
      const { backend, name } = server;
      const what = this.retirements.decide(backend, name, sessions.value.get(backend)?.get(name), now);
      if (what === 'delete') deletions.push(server);
      if (what === 'cut') cuts.push({ operation: 'shutdown', line: `shutdown sessions server ${backend}/${name}` });
    }
    return this.bury(deletions, cuts, now);
  }

  /** Sessions by backend and server. `show stat NAME` would show the frontend of that name. */
  private async sessionsOf(
    backends: readonly string[],
  ): Promise<Result<ReadonlyMap<string, ReadonlyMap<string, number>>, RuntimeFault>> {
    const states = backends.map((backend) => `show servers state ${backend}`);
    const shown = await this.session.ask(states);
    if (!shown.ok) return shown;
    const ids = new Map<string, number>();
    for (const [i, command] of states.entries()) {
      const state = parseServersState(shown.value[i] ?? '');
      if (!state.ok) return refused({ code: 'UNREADABLE', command, words: state.fault });
      for (const { backend, backendId } of state.value) ids.set(backend, backendId);
    }
    const stats = [...ids.values()].map((id) => `show stat ${id} 4 -1`);
    const said = await this.session.ask(stats);
    if (!said.ok) return said;
    const sessions = new Map<string, ReadonlyMap<string, number>>();
    for (const [i, backend] of [...ids.keys()].entries()) {
      const parsed = parseSessions(said.value[i] ?? '');
      if (!parsed.ok) return refused({ code: 'UNREADABLE', command: stats[i] ?? '', words: parsed.fault });
      sessions.set(backend, parsed.value);
    }
    return ok(sessions);
  }

  private async bury(
    deletions: readonly Retiring[],
    cuts: readonly Step[],
    now: Millis,
  ): Promise<RuntimeFault | undefined> {
    const steps = deletions.flatMap(({ backend, name }): Step[] => [
      { operation: 'maint', line: `set server ${backend}/${name} state maint` },
      { operation: 'delete', line: `del server ${backend}/${name}` },
    ]);
    const refusals = await this.applier.run([...steps, ...cuts]);
    if (!refusals.ok) return refusals.fault;
    deletions.forEach(({ backend, name }, i) => {
      const words = refusals.value[2 * i + 1];
      if (words === undefined || words.startsWith('No such')) this.retirements.end(backend, name);
      else this.retirements.notDeleted(backend, name, !NOT_YET.test(words), now);
    });
    return undefined;
  }

  /** Removals come last, when all that takes their place is seen to be there. */
  private async carryOut(placed: readonly Placed[]): Promise<RuntimeFault | undefined> {
    const kept = placed.filter(({ move }) => move.kind !== 'remove');
    for (const { move } of kept) {
      // Before it is told to serve: what serves must never be deleted, whether or not the answer arrives.
      if (move.kind === 'set') this.retirements.end(move.target.backend, move.target.name);
    }
    return (await this.applier.change(kept)) ?? this.retire(placed);
  }

  /** After a fault, or when changes were taken back, what is wanted may still be waiting for its deletion. */
  private keepDesired(desired: Config): void {
    const sections = sectionsWithServers(desired);
    for (const { backend, name } of this.retirements.list()) {
      if (sections.get(backend)?.servers.has(name)) this.retirements.end(backend, name);
    }
  }

  private async retire(placed: readonly Placed[]): Promise<RuntimeFault | undefined> {
    const now = this.parts.clock.now();
    const steps: Step[] = [];
    const leaving: (Move & { readonly kind: 'remove' })[] = [];
    for (const { move, section } of placed) {
      if (move.kind !== 'remove') continue;
      const timeout = hasLongConnections(section) ? this.options.drainTimeoutTcpMs : this.options.drainTimeoutMs;
      if (!this.retirements.begin(move, now, timeout)) return { code: 'TOO_MANY_RETIRING', limit: MAX_RETIRING };
      leaving.push(move);
      steps.push(...stepsOf(move));
    }
    const refusals = await this.applier.run(steps);
    if (!refusals.ok) return refusals.fault;
    let fault: RuntimeFault | undefined;
    leaving.forEach(({ backend, name }, i) => {
      const words = refusals.value[i];
      if (words === undefined) return;
      this.retirements.end(backend, name);
      // Somebody deleted it already: it is not there, as asked.
      if (!words.startsWith('No such server')) fault ??= { code: 'NOT_ACCEPTED', command: steps[i]?.line ?? '', words };
    });
    return fault;
  }

  private async identify(): Promise<RuntimeFault | undefined> {
    if (this.running) return undefined;
    const said = await this.session.ask(['show info']);
    return said.ok ? this.meet(said.value[0] ?? '') : said.fault;
  }

  /** Notices another HAProxy, be it that nobody told. */
  private meet(text: string): RuntimeFault | undefined {
    const info = parseInfo(text);
    if (!info.ok) return { code: 'UNREADABLE', command: 'show info', words: info.fault };
    if (this.running && this.running.pid !== info.value.pid) this.reset();
    this.running = info.value;
    this.acceptance.versionIs(info.value.version);
    return undefined;
  }
}

/** A backend in mode http says itself that its connections may become tunnels. */
const hasLongConnections = ({ mode, lines }: Section): boolean =>
  mode === 'tcp' || lines.some((line) => line.startsWith('timeout tunnel '));

const lost = (fault: RuntimeFault): Reconciliation => ({ differences: 0, repaired: 0, texts: [], fault });
