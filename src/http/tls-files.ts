import { messageOf } from '../lib/fault.js';
import type { Component } from '../lib/lifecycle.js';
import type { Logger } from '../lib/logger.js';
import type { Clock, Millis, WallClock } from '../lib/ports.js';
import type { ProblemBoard } from '../lib/problems.js';
import { aborted } from '../lib/sleep.js';
import { lifeOf, parseTlsPair, type TlsPair } from '../lib/tls-pair.js';
import type { FileRead, WatchFile } from '../lib/watched-file.js';

const ROOM = 'http';
const UNUSABLE = 'TLS_UNUSABLE';
/** A long chain has a few kilobytes. */
const MAX_FILE_BYTES = 1024 * 1024;
/** Who renews a certificate writes one file and then the other: between them they do not fit together, and nothing is wrong. */
const BOTH_WRITTEN_MS: Millis = 1_000;
const EXPIRING = 'TLS_EXPIRES';
const HOUR_MS: Millis = 3_600_000;
/** Who renews does so long before; of a certificate for years this is less than a tenth of its time. */
const SOON_MS: Millis = 14 * 24 * HOUR_MS;

/**
 * Keeps the server's certificate and key as their files say, so that they are renewed without a restart. A pair that cannot be used
 * changes nothing; one that has expired is used, since an agent that nobody can ask still drives HAProxy, and is told of before.
 */
export class TlsFiles implements Component {
  readonly name = 'http-tls';
  private cert: FileRead | undefined;
  private key: FileRead | undefined;
  private cancelWeighing: () => void = () => undefined;
  private cancelLook: () => void = () => undefined;

  /** @param inForce what the server began with */
  constructor(
    private readonly paths: { readonly cert: string; readonly key: string },
    private inForce: TlsPair,
    private readonly deps: {
      readonly watchFile: WatchFile;
      /** New connections use it from now on. */
      readonly use: (pair: TlsPair) => void;
      readonly clock: Clock;
      readonly wall: WallClock;
      readonly problems: ProblemBoard;
      readonly log: Logger;
    },
  ) {}

  async run(signal: AbortSignal, ready: () => void): Promise<void> {
    const closes = [
      this.watch(this.paths.cert, (read) => (this.cert = read)),
      this.watch(this.paths.key, (read) => (this.key = read)),
    ];
    this.lookAtEnd();
    ready();
    await aborted(signal);
    for (const close of closes) await close();
    this.cancelWeighing();
    this.cancelLook();
  }

  private watch(path: string, keep: (read: FileRead) => void): () => Promise<void> {
    return this.deps.watchFile(path, MAX_FILE_BYTES, {
      onRead: (read) => {
        keep(read);
        this.cancelWeighing();
        this.cancelWeighing = this.deps.clock.after(BOTH_WRITTEN_MS, () => this.weigh());
      },
      onError: (error) => this.refuse(`${path} cannot be watched: ${messageOf(error)}`),
    });
  }

  private weigh(): void {
    const { cert, key } = this;
    if (!cert || !key) return;
    if (!cert.ok) this.refuse(cert.fault.message);
    else if (!key.ok) this.refuse(key.fault.message);
    else this.take(cert.value, key.value);
  }

  private take(cert: string, key: string): void {
    const { use, problems, log } = this.deps;
    const pair = parseTlsPair(cert, key);
    if (!pair.ok) {
      this.refuse(`${this.paths.cert} and ${this.paths.key} cannot be used: ${pair.fault}`);
      return;
    }
    problems.clear(ROOM, UNUSABLE, this.paths.cert);
    if (cert === this.inForce.cert && key === this.inForce.key) return;
    this.inForce = pair.value;
    use(pair.value);
    log.info('the TLS certificate is another one from now on', { path: this.paths.cert });
    this.lookAtEnd();
  }

  /** At the end of the certificate in force, now and every hour. */
  private lookAtEnd(): void {
    const { clock, wall, problems } = this.deps;
    this.cancelLook();
    this.cancelLook = clock.after(HOUR_MS, () => this.lookAtEnd());
    const { endsAtMs, totalMs } = lifeOf(this.inForce.cert);
    const leftMs = endsAtMs - Number(wall.nowNs() / 1_000_000n);
    const isSoon = leftMs <= Math.min(SOON_MS, totalMs / 10);
    if (!isSoon) {
      problems.clear(ROOM, EXPIRING, this.paths.cert);
      return;
    }
    const end = `${leftMs > 0 ? 'expires' : 'expired'} at ${new Date(endsAtMs).toISOString()}`;
    this.state(
      EXPIRING,
      `the certificate in ${this.paths.cert} ${end}: put another one there, with its key; no restart is needed`,
    );
  }

  private refuse(what: string): void {
    this.state(UNUSABLE, `${what}; the certificate and the key of before stay in force`);
  }

  private state(code: string, message: string): void {
    if (this.deps.problems.raise({ room: ROOM, code, subject: this.paths.cert, message }))
      this.deps.log.warn(message, { code });
  }
}
