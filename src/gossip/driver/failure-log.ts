import type { Facts, Logger } from '../../lib/logger.js';

/** More than there are seeds and peers to try; past it the least recently told is forgotten. */
const MAX_SUBJECTS = 1024;

/** Logs what keeps failing when it begins to fail, when the reason changes, and when it is over; not each time. */
export class FailureLog {
  private readonly reasons = new Map<string, string>();

  constructor(private readonly log: Logger) {}

  failed(subject: string, reason: string, facts: Facts = {}): void {
    if (this.reasons.get(subject) === reason) return;
    this.reasons.delete(subject);
    this.reasons.set(subject, reason);
    const [oldest] = this.reasons.keys();
    if (oldest !== undefined && this.reasons.size > MAX_SUBJECTS) this.reasons.delete(oldest);
    this.log.warn(`${subject}: ${reason}`, facts);
  }

  succeeded(subject: string): void {
    if (this.reasons.delete(subject)) this.log.info(`${subject}: answers again`);
  }
}
