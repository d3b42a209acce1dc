import { errnoOf, messageOf } from '../lib/fault.js';

/** What ends a command before it has said everything. */
export interface CommandStop {
  /**
   * Aborts on the first signal, or when nobody reads stdout any more. Before it is first called, and from the second signal on, signals
   * end the process.
   */
  readonly untilStopped: () => AbortSignal;
  /** The exit status when stdout could not be written; undefined: it could, as far as it was read. */
  readonly exitCode: () => number | undefined;
  readonly hasStopped: () => boolean;
}

/**
 * Watches over a command from its start. `sidecar history | head` is no fault: what is not read is not missed. A disk that is full
 * is one.
 */
export function stopOfCommand(): CommandStop {
  const stop = new AbortController();
  let exitCode: number | undefined;
  process.stdout.on('error', (error) => {
    if (errnoOf(error) !== 'EPIPE' && exitCode === undefined) {
      exitCode = 2;
      process.exitCode = exitCode; // it may be told after the command has ended
      process.stderr.write(`sidecar: the output cannot be written: ${messageOf(error)}\n`);
    }
    stop.abort();
  });
  process.stderr.on('error', () => stop.abort());
  let isWatched = false;
  return {
    untilStopped: () => {
      if (!isWatched)
        for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => stop.abort());
      isWatched = true;
      return stop.signal;
    },
    exitCode: () => exitCode,
    hasStopped: () => stop.signal.aborted,
  };
}
