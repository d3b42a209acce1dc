/** What all streams together may hold in memory; one message alone can be 20 MiB (PROTOCOL 10). */
const MAX_HELD_BYTES = 128 * 1024 * 1024;

/** Bytes of messages that are being read or written, of all streams together. */
export class ByteBudget {
  private held = 0;

  constructor(private readonly max = MAX_HELD_BYTES) {}

  /** @returns false, and takes nothing, when so many more would be too many */
  take(bytes: number): boolean {
    if (this.held + bytes > this.max) return false;
    this.held += bytes;
    return true;
  }

  give(bytes: number): void {
    this.held -= bytes;
  }
}
