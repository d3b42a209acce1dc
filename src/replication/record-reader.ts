import { ok, type Result } from '../lib/result.js';
import { decodeService, type RecordFault } from '../service/decode-service.js';
import type { Service } from '../service/service.js';

/** More than are in motion at once in a cluster of 1,000 members; at most some megabytes. */
const MAX_REMEMBERED = 1024;
/** What fits into a packet. Longer ones come by stream, and seldom twice. */
const MAX_REMEMBERED_BYTES = 1400;

/**
 * Reads records as they come in messages. Gossip brings the same bytes a dozen times and more, and to parse them is most of
 * what a message costs: the latest records are remembered by their text.
 */
export class RecordReader {
  /** The one read longest ago first. */
  private readonly remembered = new Map<string, Service>();

  /** As `decodeService`; the same text gives the same record. */
  read(payload: Uint8Array): Result<Service, RecordFault> {
    if (payload.length > MAX_REMEMBERED_BYTES) return decodeService(payload);
    const text = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString('latin1');
    const known = this.remembered.get(text);
    if (known) return ok(known);
    const decoded = decodeService(payload);
    if (decoded.ok) this.remember(text, decoded.value);
    return decoded;
  }

  private remember(text: string, record: Service): void {
    this.remembered.set(text, record);
    if (this.remembered.size <= MAX_REMEMBERED) return;
    for (const oldest of this.remembered.keys()) {
      this.remembered.delete(oldest);
      return;
    }
  }
}
