import type { Timestamp } from '../service/timestamp.js';
import type { HaproxyFault } from './fault.js';
import type { Finding } from './finding.js';

/** What HAProxy runs, and what is wrong. Times are wall time. */
export interface HaproxyStatus {
  readonly running: boolean;
  readonly pids: readonly number[];
  readonly configPath: string;
  /** Content version of the catalog that HAProxy serves; undefined before the first. */
  readonly appliedVersion: number | undefined;
  readonly lastApply: Timestamp | undefined;
  readonly reloads: number;
  readonly lastReload: { readonly time: Timestamp; readonly reason: string } | undefined;
  /** The last that went wrong, even if it is over. */
  readonly lastError:
    { readonly time: Timestamp; readonly code: HaproxyFault['code']; readonly message: string } | undefined;
  /** HAProxy's own words about the configuration that it does not accept now. */
  readonly rejected: string | undefined;
  readonly leftOut: readonly Finding[];
}
