import { readEvent, type AgentEvent } from './event.js';
import type { Clock, OpenEvents } from './ports.js';

/** Pauses between attempts to connect; the last one stays. */
const PAUSES_MS = [500, 1_000, 2_000, 4_000, 5_000];
/** A connection that lasted so long was good: after its end the pauses begin anew. */
const GOOD_AFTER_MS = 5_000;
/** An agent that has not answered by then is tried anew. */
const OPENS_WITHIN_MS = 10_000;

export interface FeedHandlers {
  /** @param isContinued nothing is missed: it goes on behind the last event that was told */
  readonly opened: (isContinued: boolean) => void;
  readonly told: (event: AgentEvent) => void;
  /** Events are lost: what is known must be asked for again. */
  readonly gap: () => void;
  readonly lost: () => void;
}

/** The agent's events as they happen, connected again for as long as it is not stopped. */
export class Feed {
  private close: (() => void) | undefined;
  private cancel: (() => void) | undefined;
  private lastId: number | undefined;
  private failures = 0;
  private openedAt = Infinity;

  constructor(
    private readonly path: string,
    private readonly deps: { readonly open: OpenEvents; readonly clock: Clock },
    private readonly handlers: FeedHandlers,
  ) {}

  start(): void {
    this.connect();
  }

  stop(): void {
    this.hangUp();
  }

  /** Gives up the connection, which is of no use any more, and makes another one after a pause. */
  lose(): void {
    if (this.deps.clock.now() - this.openedAt >= GOOD_AFTER_MS) this.failures = 0;
    const pauseMs = PAUSES_MS[Math.min(this.failures, PAUSES_MS.length - 1)] ?? 0;
    this.hangUp();
    this.failures += 1;
    this.handlers.lost();
    this.cancel = this.deps.clock.after(pauseMs, () => this.connect());
  }

  /** There is nothing to connect to: tried again after that long. */
  rest(ms: number): void {
    this.hangUp();
    this.cancel = this.deps.clock.after(ms, () => this.connect());
  }

  /** Tries now what would be tried after a pause: the network is back, or somebody looks. Without effect while connected or stopped. */
  hurry(): void {
    if (this.cancel && !this.close) this.connect();
  }

  private connect(): void {
    this.hangUp();
    const { lastId } = this;
    const path = lastId === undefined ? this.path : `${this.path}?after=${lastId}`;
    this.cancel = this.deps.clock.after(OPENS_WITHIN_MS, () => this.lose());
    this.close = this.deps.open(path, {
      opened: () => {
        this.cancel?.();
        this.cancel = undefined;
        this.openedAt = this.deps.clock.now();
        this.handlers.opened(lastId !== undefined);
      },
      told: (kind, data) => this.told(kind, data),
      ended: () => this.lose(),
    });
  }

  private told(kind: string, data: string): void {
    if (kind === 'gap') {
      this.handlers.gap();
      return;
    }
    const event = readEvent(parsed(data));
    if (!event) return;
    this.lastId = event.id;
    this.handlers.told(event);
  }

  private hangUp(): void {
    this.cancel?.();
    this.cancel = undefined;
    this.close?.();
    this.close = undefined;
    this.openedAt = Infinity;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // what cannot be read is no event
  }
}
