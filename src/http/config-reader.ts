import type { Millis } from '../lib/ports.js';
import type { Result } from '../lib/result.js';

/** Whose HAProxy a configuration is for. Texts are checked, and empty for none. */
export interface Asker {
  /** IP address of the frontends; empty = all. */
  readonly bindIp: string;
  readonly useHostnames: boolean;
  /** Name of a file in `template_dir`; undefined = the agent's own template. */
  readonly template: string | undefined;
  /** Absolute path. */
  readonly runtimeSocket: string;
  /** `address:port`. */
  readonly statsBind: string;
  readonly user: string;
  readonly group: string;
}

/** A configuration and its name. */
export interface ConfigText {
  readonly text: Buffer;
  /** Strong, in quotes. */
  readonly etag: string;
}

export interface ConfigRefusal {
  readonly code:
    'not-informed' | 'too-many-waiting' | 'too-many-configurations' | 'unknown-template' | 'no-configuration';
  readonly message: string;
}

/** What may be asked about configurations for HAProxys elsewhere. */
export interface ConfigReader {
  /**
   * The configuration for an asker; of one whose ETag `isKnown`, the successor, if it comes.
   *
   * @param waitMs how long it is waited for, >= 0
   * @param signal aborts when the asker has gone
   */
  pull(
    asker: Asker,
    isKnown: (etag: string) => boolean,
    waitMs: Millis,
    signal: AbortSignal,
  ): Promise<Result<ConfigText, ConfigRefusal>>;
}
