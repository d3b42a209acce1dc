import type { Result } from '../lib/result.js';
import type { Timestamp } from '../service/timestamp.js';

/** The figures of the HAProxy of this agent. Its rows are told as they are. */
export interface ProxyFigures {
  readonly time: Timestamp;
  readonly pid: number;
  readonly uptimeS: number | null;
  readonly frontends: readonly object[];
  readonly backends: readonly object[];
  readonly servers: readonly object[];
}

/** The configuration that HAProxy has, and what differs from the one before it. */
export interface ServedChange {
  readonly digest: string;
  readonly text: string;
  readonly appliedAt: Timestamp;
  readonly how: string;
  readonly reason: string;
  readonly previous: { readonly digest: string; readonly appliedAt: Timestamp } | undefined;
  /** As `diff -u` prints it. */
  readonly diff: string;
}

export interface FiguresFault {
  /** `unasked`: the settings leave no way to ask HAProxy. */
  readonly code: 'unasked' | 'silent';
  /** One sentence. */
  readonly message: string;
}

/** A look at the HAProxy of this agent. */
export interface ProxyLook {
  /** As JSON, the same body for all who ask within a second. Never rejects. */
  figures(): Promise<Result<Buffer, FiguresFault>>;
  /** The same object until HAProxy has another text; undefined while it is not known. */
  config(): ServedChange | undefined;
}
