import type { Command, RunCommand } from '../lib/command.js';
import type { Clock, Millis } from '../lib/ports.js';
import { sleep } from '../lib/sleep.js';
import { bindsOf, holdsOf } from './binds.js';
import { haproxyWords, PROGRAM_DIRECTORIES, readable, reloadCommand, shellCommand } from './commands.js';
import type { HaproxyFault } from './fault.js';
import { handsOutListeners, isOurHaproxy, parsePidFile, pidOfInfo } from './pids.js';
import type { AskSocket, Files, Holds, Processes } from './ports.js';

export interface ProcessOptions {
  readonly configFile: string;
  readonly pidFile: string;
  /** Empty = none. */
  readonly runtimeSocket: string;
  /** Empty = built in. */
  readonly reloadCommand: string;
  /** Empty = none; only used beside a custom `reloadCommand`. */
  readonly startCommand: string;
}

export interface ProcessDeps {
  readonly run: RunCommand;
  readonly files: Files;
  readonly processes: Processes;
  readonly askSocket: AskSocket;
  readonly clock: Clock;
}

/** Started, but not by a word it said: what HAProxy or the system said, or undefined when all went well. */
type Start = { readonly command: string; readonly words: string } | undefined;

const COMMAND_LIMITS = { timeoutMs: 30_000, maxOutputBytes: 64 * 1024 };
const SOCKET_LIMITS = { timeoutMs: 500, maxBytes: 64 * 1024 };
/** How long a start or reload that has begun may go on when the agent ends: killed halfway it may leave two HAProxies, or none. */
const SHUTDOWN_GRACE_MS = 2_000;
const LOOK_AGAIN_MS = 50;
/** How long a custom reload may take until a new process answers. */
const TAKE_OVER_MS = 10_000;
/** How an HAProxy is ended: first it may finish what it has begun. */
const ENDINGS: readonly { readonly signal: 'SIGUSR1' | 'SIGTERM' | 'SIGKILL'; readonly waitMs: Millis }[] = [
  { signal: 'SIGUSR1', waitMs: 1_500 },
  { signal: 'SIGTERM', waitMs: 1_500 },
  { signal: 'SIGKILL', waitMs: 1_000 },
];

/** The HAProxy that runs our configuration: which processes it is, how it starts, reloads and ends. */
export class HaproxyProcess {
  /** What ran last, in case someone deletes the pid file. */
  private last: readonly number[] = [];
  /** Every process seen, old ones that still finish their connections included. */
  private readonly seen = new Set<number>();
  private answered = false;

  constructor(
    private readonly options: ProcessOptions,
    private readonly deps: ProcessDeps,
  ) {}

  /** The live processes that serve now. Nothing that is not HAProxy, or not ours, is ever among them. */
  async pids(): Promise<readonly number[]> {
    const named = parsePidFile((await this.pidFileText()) ?? '').filter(this.isOurs);
    this.last = named.length > 0 ? named : this.last.filter(this.isOurs);
    this.answered = false;
    // What a command of the operator's own starts need not write our pid file, nor be within our sight.
    if (this.last.length === 0 && this.options.reloadCommand !== '') {
      const pid = await this.answeringPid();
      this.answered = pid !== undefined;
      this.last = pid !== undefined && this.isOurs(pid) ? [pid] : [];
    }
    for (const pid of this.seen) if (!this.isOurs(pid)) this.seen.delete(pid);
    for (const pid of this.last) this.seen.add(pid);
    return this.last;
  }

  /** Whether an HAProxy that we cannot see, in a container of its own, answered on the stats socket when `pids` was asked last. */
  get answersUnseen(): boolean {
    return this.answered && this.last.length === 0;
  }

  /** Whether all that `pids` told last still serve. Cheap, since it is asked twice a second: it does not look at the pid file. */
  stillServing(): boolean {
    return this.last.length > 0 && this.last.every(this.isOurs);
  }

  /** Like `pids`, but finds an HAProxy without a pid file by its stats socket, or by its command line, too. */
  async discover(): Promise<readonly number[]> {
    const answering = await this.answering();
    if (answering.length > 0) this.last = answering;
    const known = await this.pids();
    if (known.length > 0) return known;
    this.last = this.youngest(this.deps.processes.named('haproxy').filter(this.isOurs));
    return this.pids();
  }

  /** The process that serves, a worker rather than its master; undefined when none does. */
  async serving(): Promise<{ readonly pid: number; readonly startedMs: Millis } | undefined> {
    const answering = await this.answering();
    const started = (answering.length > 0 ? answering : this.last).flatMap((pid) => {
      const startedMs = this.deps.processes.describe(pid)?.startedMs;
      return startedMs === undefined ? [] : [{ pid, startedMs }];
    });
    return started.sort((a, b) => b.startedMs - a.startedMs)[0];
  }

  /** Processes of ours from before a reload, which finish their connections. Looks through every process of the system. */
  async old(): Promise<readonly number[]> {
    const ours = this.deps.processes.named('haproxy').filter(this.isOurs);
    const current = new Set([...this.last, ...(await this.answering()), ...this.youngest(ours)]);
    for (const pid of current) {
      const parent = this.deps.processes.describe(pid)?.parent; // a master is older than all its workers
      if (parent !== undefined && ours.includes(parent)) current.add(parent);
    }
    return ours.filter((pid) => !current.has(pid));
  }

  /**
   * Makes the configuration file the one that is served, starting HAProxy if need be.
   *
   * @param loaded what the running HAProxy was started with; undefined when unknown
   * @param signal when it aborts, what has begun must end within 2 s
   */
  async reload(loaded: string | undefined, signal: AbortSignal): Promise<HaproxyFault | undefined> {
    const pids = await this.pids();
    if (pids.length === 0 && this.options.reloadCommand !== '' && this.options.startCommand !== '') {
      return reloadFault(await this.execute(shellCommand(this.options.startCommand), signal));
    }
    if (this.options.reloadCommand !== '') return this.reloadByCommand(signal);
    const socket = (await this.handsOver(loaded, pids)) ? this.options.runtimeSocket : undefined;
    return this.startBuiltIn(pids, socket, reloadFault, signal);
  }

  /** Starts HAProxy on the configuration file as it is, when none runs. `signal` as in `reload`. */
  async start(signal: AbortSignal): Promise<HaproxyFault | undefined> {
    if (this.options.reloadCommand === '') return this.startBuiltIn([], undefined, startFault, signal);
    if (this.options.startCommand === '') return { code: 'START_COMMAND_MISSING' };
    return startFault(await this.execute(shellCommand(this.options.startCommand), signal));
  }

  /**
   * Where HAProxy listens now: by what it was started with and by what the system tells; undefined when neither is known, or when
   * it runs where we cannot try.
   */
  async holds(loaded: string | undefined): Promise<Holds | undefined> {
    const pids = await this.pids();
    const isOwn = this.options.reloadCommand === '';
    if (pids.length === 0) return isOwn ? () => false : undefined;
    if (!isOwn && !pids.every((pid) => this.deps.processes.sharesNetwork(pid))) return undefined;
    const ports = this.deps.processes.listeningPorts(pids);
    if (loaded === undefined && ports === undefined) return undefined;
    return holdsOf(bindsOf(loaded ?? ''), ports ?? new Set());
  }

  /** Ends every process of ours within 5 s and removes its pid file and stats socket. */
  async stop(): Promise<void> {
    const { clock, files, processes } = this.deps;
    const never = new AbortController().signal;
    await this.discover();
    for (const { signal, waitMs } of ENDINGS) {
      const deadline = clock.now() + waitMs;
      for (const pid of this.living()) processes.signal(pid, signal);
      while (this.living().length > 0 && clock.now() < deadline) await sleep(clock, LOOK_AGAIN_MS, never);
      if (this.living().length === 0) break;
    }
    await files.remove(this.options.pidFile);
    if (this.options.runtimeSocket === '' || (await this.answeringPid()) !== undefined) return;
    await files.remove(this.options.runtimeSocket);
  }

  /** A command of the operator's own says little of what came of it: a master that cannot start new workers keeps the old ones. */
  private async reloadByCommand(signal: AbortSignal): Promise<HaproxyFault | undefined> {
    const command = shellCommand(this.options.reloadCommand);
    const before = await this.answeringPid();
    const failure = await this.execute(command, signal);
    if (failure || before === undefined) return reloadFault(failure);
    const deadline = this.deps.clock.now() + TAKE_OVER_MS;
    while ((await this.answeringPid()) === before) {
      if (signal.aborted) return undefined;
      if (this.deps.clock.now() >= deadline) {
        const words = `the process ${before} of before still answers on runtime_socket after ${TAKE_OVER_MS / 1000} s`;
        return { code: 'RELOAD_FAILED', command: readable(command), words };
      }
      await sleep(this.deps.clock, LOOK_AGAIN_MS, signal);
    }
    // The one of before may live on for its connections: without a pid file of ours it must not count as the one that serves.
    const answering = await this.answering();
    if (answering.length > 0) this.last = answering;
    await this.pids();
    return undefined;
  }

  private youngest(pids: readonly number[]): readonly number[] {
    const started = (pid: number): Millis => this.deps.processes.describe(pid)?.startedMs ?? 0;
    return [...pids].sort((a, b) => started(b) - started(a)).slice(0, 1);
  }

  private living(): readonly number[] {
    return [...this.seen].filter(this.isOurs);
  }

  private readonly isOurs = (pid: number): boolean => {
    const info = this.deps.processes.describe(pid);
    return info !== undefined && isOurHaproxy(info, [this.options.configFile, this.options.pidFile]);
  };

  private async pidFileText(): Promise<string | undefined> {
    try {
      return await this.deps.files.read(this.options.pidFile);
    } catch {
      return undefined; // unreadable is as good as missing: what we started is remembered
    }
  }

  private async answering(): Promise<readonly number[]> {
    const pid = await this.answeringPid();
    return pid !== undefined && this.isOurs(pid) ? [pid] : [];
  }

  private async answeringPid(): Promise<number | undefined> {
    if (this.options.runtimeSocket === '') return undefined;
    const answer = await this.deps.askSocket(this.options.runtimeSocket, 'show info', SOCKET_LIMITS);
    return answer.ok ? pidOfInfo(answer.value) : undefined;
  }

  /** HAProxy refuses to start when `-x` names a socket that does not answer or hands out nothing. */
  private async handsOver(loaded: string | undefined, pids: readonly number[]): Promise<boolean> {
    if (loaded === undefined || !handsOutListeners(loaded, this.options.runtimeSocket)) return false;
    const answering = await this.answeringPid();
    return answering !== undefined && pids.includes(answering);
  }

  private async startBuiltIn(
    pids: readonly number[],
    socket: string | undefined,
    faultOf: (start: Start) => HaproxyFault | undefined,
    signal: AbortSignal,
  ): Promise<HaproxyFault | undefined> {
    const haproxy = this.deps.processes.findProgram('haproxy', PROGRAM_DIRECTORIES);
    if (haproxy === undefined) return { code: 'HAPROXY_MISSING', searched: ['PATH', ...PROGRAM_DIRECTORIES] };
    const { configFile, pidFile } = this.options;
    const failure = await this.execute(reloadCommand({ haproxy, configFile, pidFile, socket, pids }), signal);
    if (socket !== undefined && failure?.words.includes('Failed to get the sockets')) {
      return this.startBuiltIn(pids, undefined, faultOf, signal);
    }
    return faultOf(failure);
  }

  /** Gives `act` a signal that aborts some time after `signal`. */
  private async runUntil<T>(signal: AbortSignal, act: (late: AbortSignal) => Promise<T>): Promise<T> {
    const late = new AbortController();
    let cancel = (): void => undefined;
    const onAbort = (): void => {
      cancel = this.deps.clock.after(SHUTDOWN_GRACE_MS, () => late.abort());
    };
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
    try {
      return await act(late.signal);
    } finally {
      signal.removeEventListener('abort', onAbort);
      cancel();
    }
  }

  private async execute(command: Command, signal: AbortSignal): Promise<Start> {
    const { outcome, exitCode, output } = await this.runUntil(signal, (late) =>
      this.deps.run(command, { ...COMMAND_LIMITS, signal: late }),
    );
    await this.pids();
    if (outcome === 'ended' && exitCode === 0) return undefined;
    const said = haproxyWords(output);
    const end = outcome === 'ended' ? `exit status ${exitCode ?? 'unknown'}` : outcome;
    return { command: readable(command), words: said === '' ? end : said };
  }
}

const reloadFault = (start: Start): HaproxyFault | undefined => start && { code: 'RELOAD_FAILED', ...start };
const startFault = (start: Start): HaproxyFault | undefined => start && { code: 'START_FAILED', ...start };
