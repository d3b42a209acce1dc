import type { Clock, Millis } from '../lib/ports.js';
import { Recent } from '../lib/recent.js';

/** A node that says that it is of another cluster. */
export interface Stranger {
  readonly name: string;
  /** What it calls its cluster; empty when it says no name. */
  readonly clusterName: string;
}

const MAX_STRANGERS = 100;
/** Characters of what it calls its cluster. */
const MAX_SHOWN = 255;
/** One that knocks does so at least once a minute. */
const GONE_AFTER_MS: Millis = 5 * 60_000;

/** Who knocks at our cluster and is of another one; past the bound the one that was silent longest is forgotten. */
export class Strangers {
  private readonly recent = new Recent<Stranger & { readonly at: Millis }>(MAX_STRANGERS);

  constructor(private readonly clock: Pick<Clock, 'now'>) {}

  note({ name, clusterName }: Stranger): void {
    this.recent.note(name, { name, clusterName: clusterName.slice(0, MAX_SHOWN), at: this.clock.now() });
  }

  /** Who was heard of in the last five minutes. */
  list(): readonly Stranger[] {
    const since = this.clock.now() - GONE_AFTER_MS;
    return this.recent.list().filter(({ at }) => at > since);
  }
}
