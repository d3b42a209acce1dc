import type { Logger } from './logger.js';

/** A part of the process that lives until its signal aborts: nothing is stopped that never started. */
export interface Component {
  readonly name: string;
  /** Acquire, call `ready` when others may rely on you, work until `signal` aborts, release, resolve. Reject = the process must stop. */
  run(signal: AbortSignal, ready: () => void): Promise<void>;
}

interface Running {
  readonly name: string;
  readonly abort: AbortController;
  readonly ended: Promise<void>;
}

/**
 * Starts parts in order, each once the one before is ready. On abort, or the first fault, stops them one by one in reverse.
 *
 * @throws the first fault, its cause being what the part rejected with
 */
export async function runAll(parts: readonly Component[], signal: AbortSignal, log?: Logger): Promise<void> {
  const fault = new AbortController();
  const stop = AbortSignal.any([signal, fault.signal]);
  const stopping = new Promise<void>((resolve) => {
    if (stop.aborted) resolve();
    else stop.addEventListener('abort', () => resolve(), { once: true });
  });
  const running: Running[] = [];
  for (const part of parts) {
    if (stop.aborted) break;
    const abort = new AbortController();
    const isReady = new Promise<void>((ready) => {
      const ended = part.run(abort.signal, ready).then(
        () => {
          if (!abort.signal.aborted) fault.abort(new Error(`${part.name} ended on its own`));
        },
        (cause: unknown) => fault.abort(new Error(`${part.name} failed`, { cause })),
      );
      running.push({ name: part.name, abort, ended });
    });
    await Promise.race([isReady, stopping]);
    log?.debug('part is ready', { part: part.name });
  }
  await stopping;
  for (const { name, abort, ended } of running.reverse()) {
    abort.abort();
    await ended;
    log?.debug('part has ended', { part: name });
  }
  if (fault.signal.aborted) throw fault.signal.reason as Error;
}
