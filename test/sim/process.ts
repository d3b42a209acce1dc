import type { Clock, Millis, WallClock } from '../../src/lib/ports.js';
import { nsFromMs } from '../../src/service/timestamp.js';
import type { Agenda } from './agenda.js';

/** What the system keeps for a process that does not read; the rest is lost. */
const SOCKET_BUFFER_PACKETS = 256;
/** A process that is woken finds its late timers first, and then what waits in its sockets. */
const SOCKETS_AFTER_MS: Millis = 2;
/** The world begins on 14 November 2023. */
const BIRTH_NS = 1_700_000_000_000_000_000n;

/** One run of a program on a machine: it can be stopped and woken (SIGSTOP, SIGCONT), and it ends once. */
export class Process {
  private state: 'running' | 'stopped' | 'ended' = 'running';
  /** When it was last woken, in the world's time. */
  wokenAt: Millis = 0;
  private readonly lateTimers: (() => void)[] = [];
  private readonly sockets: (() => void)[] = [];

  /** @param options.bootMs what its monotonic clock shows when the world begins; @param options.skewMs of its machine's wall clock */
  constructor(
    private readonly agenda: Agenda,
    private readonly options: { readonly bootMs: Millis; readonly skewMs: Millis },
  ) {}

  get isRunning(): boolean {
    return this.state === 'running';
  }

  get hasEnded(): boolean {
    return this.state === 'ended';
  }

  readonly clock: Clock = {
    now: () => this.options.bootMs + this.agenda.now,
    after: (delayMs, act) => {
      let isCancelled = false;
      const fire = (): void => {
        if (isCancelled || this.state === 'ended') return;
        if (this.state === 'stopped') this.lateTimers.push(fire);
        else act();
      };
      const cancel = this.agenda.after(Math.max(0, delayMs), fire);
      return () => {
        isCancelled = true;
        cancel();
      };
    },
  };

  readonly wall: WallClock = { nowNs: () => this.wallNs() };
  private lastNs = 0n;

  /** Something from outside; a stopped process takes it when it is woken. */
  receive(act: () => void): void {
    if (this.state === 'running') act();
    else if (this.state === 'stopped' && this.sockets.length < SOCKET_BUFFER_PACKETS) this.sockets.push(act);
  }

  stop(): void {
    if (this.state === 'running') this.state = 'stopped';
  }

  wake(): void {
    if (this.state !== 'stopped') return;
    this.state = 'running';
    this.wokenAt = this.agenda.now;
    for (const fire of this.lateTimers.splice(0)) fire();
    const waiting = this.sockets.splice(0);
    this.agenda.after(SOCKETS_AFTER_MS, () => {
      for (const act of waiting) this.receive(act);
    });
  }

  end(): void {
    this.state = 'ended';
  }

  private wallNs(): bigint {
    const now = BIRTH_NS + nsFromMs(this.agenda.now + this.options.skewMs);
    this.lastNs = now > this.lastNs ? now : this.lastNs + 1n;
    return this.lastNs;
  }
}
