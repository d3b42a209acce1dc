import type { Readable } from 'node:stream';
import { setImmediate, setTimeout as delay } from 'node:timers/promises';
import { execa } from 'execa';
import type { Command, CommandLimits, CommandResult, RunCommand } from '../lib/command.js';
import { errnoOf, messageOf } from '../lib/fault.js';
import { ok, refused, type Result } from '../lib/result.js';

/** How long output that a process left in its pipes is waited for after its exit: a daemon may keep them open for ever. */
const DRAIN_MS = 20;
/** How long a killed process may take to disappear; one in an uninterruptible system call is left to the kernel. */
const KILL_MS = 1_000;
/** Past the kept output one chunk (64 KiB at most) is read per this time: a flood costs next to nothing, 2 MiB take 160 ms. */
const FLOOD_PACE_MS = 5;

/** Runs a program and leaves alone what it started in the background: a reload command starts the next HAProxy. */
export const runCommand: RunCommand = (command, limits) => run(command, limits, false);

/** Runs a program and, when it exits, ends whatever is left of its process group: a check must leave nothing behind. */
export const runCommandAlone: RunCommand = (command, limits) => run(command, limits, true);

async function run(command: Command, limits: CommandLimits, endsGroup: boolean): Promise<CommandResult> {
  const startedAt = performance.now();
  const output = new BoundedOutput(limits.maxOutputBytes);
  const resultOf = (outcome: CommandResult['outcome'], exitCode: number | undefined, text: string): CommandResult => ({
    outcome,
    exitCode,
    output: text,
    durationMs: performance.now() - startedAt,
  });
  if (limits.signal?.aborted) return resultOf('aborted', undefined, '');

  const started = await start(command);
  if (!started.ok) return resultOf('not-started', undefined, started.fault);
  const { child, pid } = started.value;
  output.collect(child.stdout);
  output.collect(child.stderr);
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const exited = new Promise<End>((resolve) =>
    child.once('exit', (exitCode: number | null) => resolve({ outcome: 'ended', exitCode: exitCode ?? undefined })),
  );
  const stop = stopOrder(limits);
  const { outcome, exitCode } = await Promise.race([exited, stop.ordered]);
  stop.forget();
  if (outcome !== 'ended' || endsGroup) killGroup(pid);
  if (outcome !== 'ended') await Promise.race([exited, delay(KILL_MS, undefined, { ref: false })]);

  await Promise.race([closed, delay(DRAIN_MS)]);
  await setImmediate(); // after a blocked event loop the timer comes before the pipes are read; this comes after
  child.stdout.destroy();
  child.stderr.destroy();
  child.unref();
  return resultOf(outcome, exitCode, output.text());
}

/** @returns the running process, or the system's words why there is none */
async function start(command: Command): Promise<Result<{ readonly child: Child; readonly pid: number }, string>> {
  try {
    const child = spawn(command);
    if (child.pid !== undefined) return ok({ child, pid: child.pid });
    return refused((await child).originalMessage ?? `cannot start ${command.file}`);
  } catch (error) {
    return refused(messageOf(error)); // an argument with a null byte, for one
  }
}

type Child = ReturnType<typeof spawn>;

const spawn = ({ file, args, env = {} }: Command) =>
  execa(file, args, {
    env,
    detached: true, // a process group of its own, so that one kill reaches its children, too
    stdin: 'ignore',
    buffer: false,
    reject: false,
  });

type End = Pick<CommandResult, 'outcome' | 'exitCode'>;

/** Resolves when the limits say that the process must end; `forget` takes timer and listener away. */
function stopOrder({ timeoutMs, signal }: CommandLimits): {
  readonly ordered: Promise<End>;
  readonly forget: () => void;
} {
  let forget = (): void => undefined;
  const ordered = new Promise<End>((resolve) => {
    const stop = (outcome: 'timed-out' | 'aborted'): void => resolve({ outcome, exitCode: undefined });
    const abort = (): void => stop('aborted');
    const timer = setTimeout(() => stop('timed-out'), timeoutMs);
    signal?.addEventListener('abort', abort);
    forget = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    };
  });
  return { ordered, forget };
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    const code = errnoOf(error);
    // ESRCH: all of it is gone. EPERM: what is left changed its user, and only that user or root may end it.
    if (code !== 'ESRCH' && code !== 'EPERM') throw error;
  }
}

class BoundedOutput {
  private readonly chunks: Buffer[] = [];
  private room: number;

  constructor(maxBytes: number) {
    this.room = maxBytes;
  }

  collect(stream: Readable): void {
    stream.on('data', (chunk: Buffer) => {
      const kept = chunk.subarray(0, this.room);
      this.room -= kept.length;
      if (kept.length > 0) this.chunks.push(kept);
      if (this.room > 0) return;
      stream.pause();
      setTimeout(() => stream.resume(), FLOOD_PACE_MS);
    });
  }

  /** Without the character that the bound may have cut in two. */
  text(): string {
    return new TextDecoder().decode(Buffer.concat(this.chunks), { stream: true });
  }
}
