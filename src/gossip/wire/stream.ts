import { ok, refused, type Result } from '../../lib/result.js';
import { concat } from './bytes.js';
import { compress, decompress } from './compress.js';
import { decrypt, encrypt, ENCRYPTION_BYTES } from './encryption.js';
import type { Bytes, StreamMessage } from './message.js';
import { MESSAGE_TYPE } from './message-type.js';
import { BLOCK_HEADER_BYTES, endOfMessage, MAX_STREAM_BYTES, type Received } from './stream-frame.js';
import { decodeStreamMessage, encodeStreamMessage } from './stream-message.js';
import type { WireFault } from './wire-fault.js';

export interface StreamSeal {
  /** Compress, even if that makes it longer. */
  readonly compress: boolean;
  /** 16, 24 or 32 bytes; `undefined` sends it plain. */
  readonly key: Bytes | undefined;
}

/**
 * All that one side writes on a connection (PROTOCOL 10).
 *
 * @param nonce 12 bytes, used with a key only; random if not given
 */
export function encodeStream(message: StreamMessage, seal: StreamSeal, nonce?: Bytes): Bytes {
  const plain = encodeStreamMessage(message);
  const content = seal.compress ? compress(plain) : plain;
  if (seal.key === undefined) return content;
  const header = new Uint8Array(BLOCK_HEADER_BYTES);
  const view = new DataView(header.buffer);
  view.setUint8(0, MESSAGE_TYPE.encrypt);
  view.setUint32(1, content.length + ENCRYPTION_BYTES);
  return concat([header, encrypt(content, seal.key, header, nonce)]);
}

export interface StreamOpening {
  /** All are tried, in order. */
  readonly keys: readonly Bytes[];
  /** With keys: whether a plain stream is refused. */
  readonly verifyIncoming: boolean;
}

/** Reads the one message that one side of a connection writes, from chunks of any size, in time linear in its length. */
export class StreamReader {
  private readonly received = new GrowingBytes();
  private readonly search = endOfMessage(this.received);
  private outcome: Result<undefined, WireFault> | undefined;

  constructor(private readonly opening: StreamOpening) {}

  /**
   * Takes what has come; the chunk may be used again afterwards.
   *
   * @returns the message, once; before and after that `undefined`, and what follows it is ignored. A refusal stays
   */
  push(chunk: Bytes): Result<StreamMessage | undefined, WireFault> {
    if (this.outcome !== undefined) return this.outcome;
    this.received.append(chunk);
    const message = this.read();
    if (message === undefined) return ok(undefined);
    this.outcome = message.ok ? ok(undefined) : message;
    this.received.clear();
    return message;
  }

  /**
   * Call it when the peer has closed.
   *
   * @returns undefined if its message was whole; `EMPTY` if it said nothing, which is how memberlist refuses; or what was wrong
   */
  end(): WireFault | undefined {
    if (this.outcome !== undefined) return this.outcome.ok ? undefined : this.outcome.fault;
    return this.received.bytes.length === 0
      ? { code: 'EMPTY', detail: 'closed without a word' }
      : { code: 'TRUNCATED', detail: 'closed within a message' };
  }

  private read(): Result<StreamMessage, WireFault> | undefined {
    const { bytes } = this.received;
    const unwanted = this.refusalOf(bytes[0]);
    if (unwanted !== undefined) return refused(unwanted);
    const step = this.search.next();
    if (step.done !== true) return undefined;
    return step.value.ok ? this.open(bytes.subarray(0, step.value.value)) : step.value;
  }

  /** Known from the first byte, so that nothing is collected for it. */
  private refusalOf(type: number | undefined): WireFault | undefined {
    const { keys, verifyIncoming } = this.opening;
    if (type === undefined) return undefined;
    if (type === MESSAGE_TYPE.encrypt) {
      return keys.length === 0 ? { code: 'NO_KEY', detail: 'an encrypted stream, but no key' } : undefined;
    }
    return keys.length > 0 && verifyIncoming ? { code: 'NOT_ENCRYPTED', detail: 'a plain stream' } : undefined;
  }

  private open(bytes: Bytes): Result<StreamMessage, WireFault> {
    const plain =
      bytes[0] === MESSAGE_TYPE.encrypt
        ? decrypt(bytes.subarray(BLOCK_HEADER_BYTES), this.opening.keys, bytes.subarray(0, BLOCK_HEADER_BYTES))
        : ok(bytes);
    if (!plain.ok) return plain;
    const message = plain.value[0] === MESSAGE_TYPE.compress ? decompress(plain.value, MAX_STREAM_BYTES) : plain;
    return message.ok ? decodeStreamMessage(message.value) : message;
  }
}

/** Doubles its room when it is full, so that appending costs the same for each byte. */
class GrowingBytes implements Received {
  bytes: Bytes = new Uint8Array();
  private room = new Uint8Array();

  append(chunk: Bytes): void {
    const { length } = this.bytes;
    if (length + chunk.length > this.room.length) {
      this.room = new Uint8Array(Math.max(length + chunk.length, 2 * this.room.length));
      this.room.set(this.bytes);
    }
    this.room.set(chunk, length);
    this.bytes = this.room.subarray(0, length + chunk.length);
  }

  clear(): void {
    this.room = new Uint8Array();
    this.bytes = this.room;
  }
}
