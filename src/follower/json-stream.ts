import { GatheredBytes } from '../lib/gathered-bytes.js';
import { printable } from '../lib/printable.js';
import { ok, refused, type Result } from '../lib/result.js';

const [QUOTE, BACKSLASH] = [0x22, 0x5c];
const [OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET] = [0x7b, 0x7d, 0x5b, 0x5d];
const WHITE_SPACE: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d]);
/** Of what stands where an object should begin. */
const MAX_SHOWN = 80;

/** Finds the objects in a stream that is nothing but JSON objects, one after the other (contract section 7.6). Does not parse them. */
export class JsonStream {
  /** Of the object that is not whole yet. */
  private readonly begun: GatheredBytes;
  private depth = 0;
  private isInString = false;
  private isEscaped = false;

  constructor(private readonly maxBytes: number) {
    this.begun = new GatheredBytes(maxBytes);
  }

  /** Whether an object has begun and is not whole yet. */
  get isAmid(): boolean {
    return this.depth > 0;
  }

  /**
   * Reads on.
   *
   * @returns the last object that is whole now, undefined when none has become so; refused with a sentence, then the stream is of no
   *   use any more
   */
  push(chunk: Uint8Array): Result<Uint8Array | undefined, string> {
    let newest: Uint8Array | undefined;
    let start = 0;
    for (let at = 0; at < chunk.length; at += 1) {
      const byte = chunk[at] ?? 0;
      if (this.depth === 0) {
        if (WHITE_SPACE.has(byte)) continue;
        if (byte !== OPEN_BRACE) return refused(`sends ${shown(chunk.subarray(at))} where a JSON object should begin`);
        start = at;
      }
      if (!this.closes(byte)) continue;
      if (!this.begun.add(chunk.subarray(start, at + 1))) return this.tooLong();
      newest = this.begun.take();
    }
    if (this.depth > 0 && !this.begun.add(chunk.subarray(start))) return this.tooLong();
    return ok(newest);
  }

  /** @returns whether the object ends with this byte */
  private closes(byte: number): boolean {
    if (this.isInString) {
      if (this.isEscaped) this.isEscaped = false;
      else if (byte === BACKSLASH) this.isEscaped = true;
      else if (byte === QUOTE) this.isInString = false;
      return false;
    }
    if (byte === QUOTE) this.isInString = true;
    else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) this.depth += 1;
    else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) this.depth -= 1;
    return this.depth === 0;
  }

  private tooLong(): Result<never, string> {
    return refused(`sends an object of more than ${this.maxBytes} bytes`);
  }
}

const shown = (bytes: Uint8Array): string => printable(Buffer.from(bytes.subarray(0, MAX_SHOWN)).toString('utf8'));
