import { Doorbell } from '../lib/doorbell.js';
import type { Clock, Millis } from '../lib/ports.js';
import type { State } from '../service/state-codec.js';
import { unreadable, type UpstreamApi } from './upstream-api.js';
import type { UpstreamFault } from './upstream-fault.js';
import { decodeUpstreamState, type UpstreamState } from './upstream-state.js';

/** Asked for so often without a bell: an original tells nobody of changed ports, and drops what it cannot tell in time. */
const HEAL_EVERY_MS: Millis = 30_000;

/** What the objects of a stream are: the state, or no more than a sign that there is another one. */
export type StreamKind = 'states' | 'bells';

export interface SessionListener {
  /** Receives each state. @returns why it is not taken, which ends the session */
  readonly take: (received: UpstreamState) => UpstreamFault | undefined;
  /** A state has been taken and the stream speaks; again when it turns out to be of another kind. */
  readonly onFollowing: (stream: StreamKind) => void;
}

/** One connection to an upstream: its stream, and a question for its state now and then, until the first of them fails. */
export class UpstreamSession {
  /** One question at a time, and one that waits: ringing often is the same as once. */
  private readonly bell = new Doorbell();
  private stream: StreamKind | undefined;
  /** Objects of the stream so far. */
  private objects = 0;
  /** Whether the last answer had extras: a stream that leaves them out is only good as a bell. */
  private hasExtras = false;

  constructor(
    private readonly deps: {
      readonly api: UpstreamApi;
      readonly listener: SessionListener;
      readonly clock: Clock;
    },
  ) {}

  /** Runs once. @returns why it has ended, undefined when the stream was idle; means nothing after `signal` has aborted */
  async run(signal: AbortSignal): Promise<UpstreamFault | undefined> {
    const over = new AbortController();
    const end = (): void => over.abort();
    if (signal.aborted) return undefined;
    signal.addEventListener('abort', end, { once: true });
    const fault = (await this.ask(over.signal)) ?? (await this.follow(over));
    signal.removeEventListener('abort', end);
    return fault;
  }

  private async follow(over: AbortController): Promise<UpstreamFault | undefined> {
    let first: { readonly fault: UpstreamFault | undefined } | undefined;
    const watching = this.deps.api.watch((object, path) => this.hear(object, path), over.signal);
    const parts = [watching, this.heal(over.signal)].map(async (part) => {
      const fault = await part;
      first ??= { fault };
      over.abort();
    });
    await Promise.all(parts);
    return first?.fault;
  }

  private hear(object: Uint8Array, path: string): UpstreamFault | undefined {
    this.objects += 1;
    const received = decodeUpstreamState(object);
    if (!received.ok && received.fault.field !== 'Servers') return unreadable(path, received.fault);
    if (!received.ok || (this.hasExtras && !tellsExtras(received.value.state))) {
      this.bell.ring();
      this.speaks('bells');
      return undefined;
    }
    const fault = this.deps.listener.take(received.value);
    if (fault && fault.code !== 'UPSTREAM_OLDER') return fault;
    if (fault) this.bell.ring(); // an answer may have overtaken it on the way: what the next one says, counts
    this.speaks('states');
    return undefined;
  }

  private speaks(stream: StreamKind): void {
    if (this.stream === stream) return;
    this.stream = stream;
    this.deps.listener.onFollowing(stream);
  }

  private async heal(signal: AbortSignal): Promise<UpstreamFault | undefined> {
    while (true) {
      await this.bell.wait(this.deps.clock, HEAL_EVERY_MS, signal);
      if (signal.aborted) return undefined;
      const fault = await this.ask(signal);
      if (fault) return fault;
    }
  }

  private async ask(signal: AbortSignal): Promise<UpstreamFault | undefined> {
    const { api, listener } = this.deps;
    const heard = this.objects;
    const answer = await api.state(signal);
    if (!answer.ok) return answer.fault;
    this.hasExtras = tellsExtras(answer.value.state);
    // What the stream has said in the meantime is later.
    const isOutdated = this.stream === 'states' && this.objects !== heard;
    return isOutdated ? undefined : listener.take(answer.value);
  }
}

function tellsExtras({ servers }: State): boolean {
  for (const { services } of servers.values()) {
    for (const { ext } of services.values()) if (ext !== undefined) return true;
  }
  return false;
}
