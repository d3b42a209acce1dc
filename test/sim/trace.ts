/** A fingerprint of everything that happened, in its order: equal for equal runs, and hardly ever for others (FNV-1a, twice). */
export class Trace {
  private low = 0x811c9dc5;
  private high = 0x01000193;

  /** Adds integers. */
  add(...facts: readonly number[]): void {
    for (const fact of facts) {
      this.low = Math.imul(this.low ^ fact, 0x01000193);
      this.high = Math.imul(this.high ^ (fact + this.low), 0x85ebca6b);
    }
  }

  get fingerprint(): string {
    return [this.high, this.low].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('');
  }
}
