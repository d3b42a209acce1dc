import type { HttpServer } from '../../src/platform/http-server.js';
import type { FakeClock } from '../support/time.js';

interface Running {
  readonly stop: () => void;
  readonly ended: Promise<void>;
  /** Stops it, with the time that it leaves to what runs. */
  readonly cleanUp: () => Promise<void>;
}

/** Runs a server on a clock. @returns once it listens; rejects with what keeps it from that */
export async function running(server: HttpServer, clock: FakeClock): Promise<Running> {
  const abort = new AbortController();
  const stop = (): void => abort.abort();
  let ended = Promise.resolve();
  await new Promise<void>((ready, fail) => {
    ended = server.run(abort.signal, ready);
    ended.catch(fail);
  });
  const cleanUp = async (): Promise<void> => {
    stop();
    await clock.advance(1000);
    await ended;
  };
  return { stop, ended, cleanUp };
}
