/** What has become of events since the start; what one listener counts, all of them count. */
export class Tally {
  delivered = 0;
  /** Events that a listener was not told of, because newer ones were waiting. */
  skipped = 0;
  /** Attempts that went wrong. */
  failures = 0;

  constructor(private readonly ofAll?: Tally) {}

  count(what: 'delivered' | 'skipped' | 'failures'): void {
    this[what] += 1;
    this.ofAll?.count(what);
  }
}
