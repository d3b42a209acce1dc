/** What the data layer needs of a browser; `platform/` has it, and tests have their own. */

/** Milliseconds since 1970, by this browser. */
export interface Clock {
  now(): number;
  /** @returns what calls it off */
  after(delayMs: number, act: () => void): () => void;
}

export interface Reply {
  readonly status: number;
  /** What the JSON says; undefined where the body is none. */
  readonly body: unknown;
  /** When the agent answered, by its own clock, to a second. */
  readonly agentTime: number | undefined;
  /** Names what the body says, for those who ask by it. */
  readonly tag?: string | undefined;
}

/**
 * Rejects when the agent cannot be reached, or is silent for too long.
 *
 * @param knownTag of a body that is known: while that is what would be answered, the answer is 304 without it; empty: none is, but the
 * answer shall have its tag
 */
export type Get = (path: string, knownTag?: string) => Promise<Reply>;

/** Asks for a change, with the agent's token if one is given. Rejects as `Get` does. */
export type Send = (method: 'POST' | 'DELETE', path: string, token: string | undefined) => Promise<Reply>;

export interface EventHandlers {
  /** The agent has taken us on: what happens from now on will be told. */
  readonly opened: () => void;
  readonly told: (kind: string, data: string) => void;
  /** Nothing more will come. */
  readonly ended: () => void;
}

/** Opens a stream of server-sent events. @returns what closes it, without a call of `ended` */
export type OpenEvents = (path: string, handlers: EventHandlers) => () => void;
