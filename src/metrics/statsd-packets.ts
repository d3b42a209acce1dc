/** Each fits into a frame of Ethernet. */
const PACKET_BYTES = 1400;
/** Some 4,096 values, as the original kept: what thousands of records make at once. What comes while so much waits is dropped. */
const MAX_WAITING_BYTES = 192 * PACKET_BYTES;

/** A duration in milliseconds, a gauge, a counter's increase. */
export type StatsdType = 'ms' | 'g' | 'c';

/** One value as the original writes it: six decimals, and no colon or space in the name (contract section 11). */
export function statsdLine(name: string, value: number, type: StatsdType): string {
  return `${name.replace(/[:\s]/g, '_')}:${value.toFixed(6)}|${type}\n`;
}

/** Lines that wait to be sent, several to a datagram. Holds at most some 270 kB. */
export class StatsdPackets {
  private readonly full: string[] = [];
  private open = '';
  private waitingBytes = 0;
  private droppedLines = 0;

  /** How many lines found no room. */
  get dropped(): number {
    return this.droppedLines;
  }

  get isEmpty(): boolean {
    return this.waitingBytes === 0;
  }

  /** @param line of at most 1400 bytes, all of them ASCII */
  add(line: string): void {
    if (this.waitingBytes + line.length > MAX_WAITING_BYTES) {
      this.droppedLines += 1;
      return;
    }
    this.waitingBytes += line.length;
    if (this.open.length + line.length > PACKET_BYTES) {
      this.full.push(this.open);
      this.open = '';
    }
    this.open += line;
  }

  /** The oldest datagram, whether or not more would fit into it; undefined when nothing waits. */
  take(): Buffer | undefined {
    if (this.full.length === 0 && this.open !== '') {
      this.full.push(this.open);
      this.open = '';
    }
    const text = this.full.shift();
    if (text === undefined) return undefined;
    this.waitingBytes -= text.length;
    return Buffer.from(text);
  }
}
