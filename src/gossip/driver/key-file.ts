import { messageOf } from '../../lib/fault.js';
import type { Component } from '../../lib/lifecycle.js';
import type { Logger } from '../../lib/logger.js';
import type { ProblemBoard } from '../../lib/problems.js';
import { aborted } from '../../lib/sleep.js';
import type { FileRead, WatchFile } from '../../lib/watched-file.js';
import { parseKeys, type Keyring } from './keyring.js';

const ROOM = 'gossip';
const UNREADABLE = 'GOSSIP_KEYS_UNREADABLE';
const MAX_FILE_BYTES = 65_536;

/** Keeps a keyring as its file says, so that keys rotate without a restart. A file that cannot be used changes nothing. */
export class KeyFile implements Component {
  readonly name = 'gossip-keys';
  private hasKeys = false;

  constructor(
    private readonly path: string,
    private readonly deps: {
      readonly keyring: Keyring;
      readonly watchFile: WatchFile;
      readonly problems: ProblemBoard;
      readonly log: Logger;
    },
  ) {}

  /** Ready after the first read, good or not, so that who starts next has the keys. */
  async run(signal: AbortSignal, ready: () => void): Promise<void> {
    const close = this.deps.watchFile(this.path, MAX_FILE_BYTES, {
      onRead: (read) => {
        this.take(read);
        ready();
      },
      onError: (error) => {
        this.refuse(`${this.path} cannot be watched: ${messageOf(error)}`);
        ready();
      },
    });
    await aborted(signal);
    await close();
  }

  private take(read: FileRead): void {
    if (!read.ok) {
      this.refuse(read.fault.message);
      return;
    }
    const keys = parseKeys(read.value);
    if (!keys.ok) {
      this.refuse(`${this.path} cannot be used: ${keys.fault}`);
      return;
    }
    const { keyring, problems, log } = this.deps;
    keyring.take(keys.value);
    this.hasKeys = true;
    problems.clear(ROOM, UNREADABLE, this.path);
    log.info('gossip keys read', { path: this.path, keys: keys.value.length });
  }

  private refuse(what: string): void {
    const { problems, log } = this.deps;
    const kept = this.hasKeys
      ? 'the keys read before stay in force'
      : 'until it can be read only the keys of gossip_keys are in force, and without any nothing is sent or accepted';
    const message = `${what}; ${kept}`;
    if (problems.raise({ room: ROOM, code: UNREADABLE, subject: this.path, message })) {
      log.warn(message, { code: UNREADABLE });
    }
  }
}
