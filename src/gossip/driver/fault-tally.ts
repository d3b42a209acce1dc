import type { Facts, Logger } from '../../lib/logger.js';

/** Counts faults by code, and logs the first, second, fourth, eighth … of each: a flood of faults is no flood of lines. */
export class FaultTally {
  private readonly byCode = new Map<string, number>();

  constructor(private readonly log: Logger) {}

  /** @param code one of a fixed set: it is the key of a counter */
  note(code: string, message: string, facts: Facts): void {
    const count = (this.byCode.get(code) ?? 0) + 1;
    this.byCode.set(code, count);
    if (Number.isInteger(Math.log2(count))) this.log.warn(message, { ...facts, code, count });
  }

  get counts(): ReadonlyMap<string, number> {
    return this.byCode;
  }
}
