import { parseAesKey } from '../../lib/aes-key.js';
import { ok, refused, type Result } from '../../lib/result.js';
import { ENCRYPTION_BYTES } from '../wire/encryption.js';
import type { Bytes } from '../wire/message.js';
import type { PacketOpening } from '../wire/packet.js';

/** An undecryptable packet costs one try of each key. */
const MAX_KEYS = 16;

/**
 * Reads the content of a key file: one key a line; empty lines and those that start with `#` are skipped.
 *
 * @returns at least one key, in the order of the file, or what is wrong with it, in words that show nothing of a key
 */
export function parseKeys(text: string): Result<readonly Bytes[], string> {
  const keys: Bytes[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    const word = line.trim();
    if (word === '' || word.startsWith('#')) continue;
    const key = parseAesKey(word);
    if (!key.ok) {
      return refused(
        key.fault.code === 'NOT_BASE64'
          ? `line ${index + 1} is not base64`
          : `line ${index + 1} is not a key of 16, 24 or 32 bytes`,
      );
    }
    keys.push(key.value);
  }
  if (keys.length === 0) return refused('it holds no key');
  return keys.length > MAX_KEYS ? refused(`it holds ${keys.length} keys: ${MAX_KEYS} are the most`) : ok(keys);
}

export interface KeyringOptions {
  /** Keys of the configuration. */
  readonly keys: readonly Bytes[];
  /** Whether more come from a file (`take`). */
  readonly hasFile: boolean;
  /** Off: what cannot be decrypted is read as plain. */
  readonly verifyIncoming: boolean;
  /** Off: everything is sent plain. */
  readonly verifyOutgoing: boolean;
}

/**
 * The keys in force: the first encrypts, all decrypt. Those of the file come before those of the configuration. While keys are
 * asked for and none is known, nothing is sent or accepted: what was meant to be secret never goes out plain.
 */
export class Keyring {
  private current: readonly Bytes[];

  constructor(private readonly options: KeyringOptions) {
    this.current = options.keys;
  }

  /** Replaces the keys that came from the file. */
  take(fromFile: readonly Bytes[]): void {
    this.current = [...fromFile, ...this.options.keys];
  }

  /** The key for what goes out, undefined to send it plain; or `LOCKED`: it must not go out. */
  sealing(): Result<Bytes | undefined, 'LOCKED'> {
    if (!this.isEncrypting) return ok(undefined);
    const [primary] = this.current;
    return primary ? ok(primary) : refused('LOCKED');
  }

  /** How to read what comes in; or `LOCKED`: nothing can be accepted. */
  opening(): Result<PacketOpening, 'LOCKED'> {
    const { hasFile, verifyIncoming } = this.options;
    if (hasFile && verifyIncoming && this.current.length === 0) return refused('LOCKED');
    return ok({ keys: this.current, verifyIncoming });
  }

  /** What encryption adds to a packet, bytes; it does not change with the keys. */
  get overheadBytes(): number {
    return this.isEncrypting ? ENCRYPTION_BYTES : 0;
  }

  private get isEncrypting(): boolean {
    const { keys, hasFile, verifyOutgoing } = this.options;
    return verifyOutgoing && (hasFile || keys.length > 0);
  }
}
