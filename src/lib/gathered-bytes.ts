/** Bytes that come in pieces. They take at most about twice their sum, be the pieces as small as they like: none of them is kept. */
export class GatheredBytes {
  private bytes = Buffer.alloc(0);
  private length = 0;

  constructor(private readonly maxBytes: number) {}

  /** @returns whether `piece` still fits; one that does not is left out */
  add(piece: Uint8Array): boolean {
    const { bytes, length, maxBytes } = this;
    const needed = length + piece.length;
    if (needed > maxBytes) return false;
    if (needed > bytes.length) {
      this.bytes = Buffer.allocUnsafeSlow(Math.min(maxBytes, Math.max(needed, 2 * bytes.length)));
      bytes.copy(this.bytes, 0, 0, length);
    }
    this.bytes.set(piece, length);
    this.length = needed;
    return true;
  }

  /** All of them in one piece, after which there are none. */
  take(): Buffer {
    const taken = this.bytes.subarray(0, this.length);
    this.bytes = Buffer.alloc(0);
    this.length = 0;
    return taken;
  }
}
