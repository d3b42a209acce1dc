import type { Facts, Logger } from '../../lib/logger.js';
import type { Millis } from '../../lib/ports.js';

const SECOND_MS: Millis = 1000;
/** An outage of many hosts is still told one by one; a peer that invents news must not fill the disk. */
const MAX_LINES_PER_SECOND = 50;

/** A log of what peers can bring about: so many lines in a second, of the others only how many they were. */
export class BoundedLog {
  private windowEnd: Millis = -Infinity;
  private lines = 0;

  constructor(private readonly log: Pick<Logger, 'info' | 'warn'>) {}

  info(now: Millis, message: string, facts: Facts): void {
    if (this.hasRoom(now)) this.log.info(message, facts);
  }

  warn(now: Millis, message: string, facts: Facts): void {
    if (this.hasRoom(now)) this.log.warn(message, facts);
  }

  private hasRoom(now: Millis): boolean {
    if (now >= this.windowEnd) this.open(now);
    this.lines += 1;
    return this.lines <= MAX_LINES_PER_SECOND;
  }

  private open(now: Millis): void {
    const untold = this.lines - MAX_LINES_PER_SECOND;
    this.windowEnd = now + SECOND_MS;
    this.lines = 0;
    if (untold > 0) this.log.warn('more news of members within a second than are told', { untold });
  }
}
