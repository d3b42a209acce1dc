import type { State } from './answers.js';
import type { Answer, Api } from './api.js';
import { Catalog } from './catalog.js';
import { START, type ConsoleState } from './console-state.js';
import type { AgentEvent, EventKind } from './event.js';
import { Feed } from './feed.js';
import type { Clock, OpenEvents } from './ports.js';

/** Changes of so short a time are shown together. */
const PACE_MS = 50;
/** What events only hint at is asked for after so long, once for all hints meanwhile; and what is not needed for a first view. */
const ASK_AFTER_MS = 250;
/** Figures grow old without an event; and a connection that died in silence is found out. */
const LOOK_EVERY_MS = 10_000;
const MAX_EVENTS = 1_000;
/** An agent that does not tell of events is asked so often, */
const POLL_EVERY_MS = 5_000;
/** and so often whether it does by now. */
const TRY_EVENTS_EVERY_MS = 60_000;
/** How far the journal is read back for the changes of before. */
const HISTORY_LIMIT = 4_000;
/** An answer says its time to a second, and was on its way; a clock that differs by less from what is known is the same. */
const SAME_CLOCK_MS = 2_000;

/** What is asked for beside the state. */
type Question = 'members' | 'proxy' | 'history';

const HINTS: Readonly<Partial<Record<EventKind, 'members' | 'proxy'>>> = {
  member: 'members',
  proxy: 'proxy',
  'set-aside': 'proxy',
};

/** What one agent tells, kept up to date, for everybody who shows it. */
export class Store {
  private current: ConsoleState = START;
  private readonly catalog = new Catalog();
  private readonly feed: Feed;
  private readonly listeners = new Set<() => void>();
  /** Events that came while the state was on its way; undefined while it is not. */
  private waiting: AgentEvent[] | undefined;
  /** Of the newest load: answers to earlier ones come too late. */
  private load = 0;
  /** All events since the last state were taken. */
  private isWhole = false;
  private heardAt: number;
  private hasState = false;
  private isLearning = false;
  private cancelTelling: (() => void) | undefined;
  private cancelLook: (() => void) | undefined;
  private readonly asks = new Map<Question, () => void>();

  /** @param base what stands before each path of this agent */
  constructor(
    private readonly deps: { readonly api: Api; readonly open: OpenEvents; readonly clock: Clock },
    base = '',
  ) {
    this.heardAt = deps.clock.now();
    this.feed = new Feed(`${base}/api/events`, deps, {
      opened: (isContinued) => this.opened(isContinued),
      told: (event) => this.told(event),
      gap: () => void this.loadAll(),
      lost: () => this.lost(),
    });
  }

  start(): void {
    this.feed.start();
  }

  /** Nobody looks: nothing is asked, and no connection held, of which a browser has few for all its pages; until the next start. */
  pause(): void {
    this.feed.stop();
    this.drop();
  }

  /** What is known stays, to be shown until a next start has asked anew. */
  stop(): void {
    this.pause();
    this.current = { ...this.current, link: START.link };
    this.cancelTelling?.();
    this.cancelTelling = undefined;
  }

  /** Connects at once if it waits to. */
  hurry(): void {
    this.feed.hurry();
  }

  state(): ConsoleState {
    return this.current;
  }

  /** Called after changes, at most every 50 ms. @returns its end */
  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  private opened(isContinued: boolean): void {
    if (!isContinued || !this.isWhole) {
      void this.loadAll();
      return;
    }
    this.heard();
    this.look();
    if (this.current.changesKnownSince === undefined) this.askSoon('history');
  }

  private told(event: AgentEvent): void {
    this.heardAt = this.deps.clock.now();
    if (this.waiting) {
      this.waiting.push(event);
      return;
    }
    // An agent that started anew may believe something else than the one before, without an event for each difference.
    if (event.kind === 'agent' && event.what === 'started') void this.loadAll();
    else this.take([event]);
  }

  private take(events: readonly AgentEvent[]): void {
    for (const event of events) {
      this.catalog.apply(event);
      const hint = HINTS[event.kind];
      if (hint) this.askSoon(hint);
    }
    const [{ id } = { id: Infinity }] = events;
    const before = this.current.events.filter((event) => event.id < id); // all, but where a new journal counts from the first
    this.change({ services: this.catalog.groups(), events: [...before, ...events].slice(-MAX_EVENTS) });
  }

  /** Asks for the state while the events that follow it come in already, so that none is missed between. */
  private async loadAll(): Promise<void> {
    const load = ++this.load;
    this.isWhole = false;
    this.waiting ??= [];
    const state = await this.deps.api.state();
    if (load !== this.load) return;
    if (!state.ok) {
      if (this.current.link.state === 'connecting') this.change({ link: { state: 'connecting', fault: state.text } });
      this.feed.lose();
      return;
    }
    this.takeState(state);
    const events = this.waiting;
    this.waiting = undefined;
    this.isWhole = true;
    this.take(events);
    this.heard();
    this.look(true);
    this.askSoon('history'); // not at once: what is believed is shown first
  }

  private takeState({ value, agentTime }: { readonly value: State; readonly agentTime: number | undefined }): void {
    const { clusterName, hostname, instances } = value;
    this.catalog.replace(instances);
    this.hasState = true;
    this.noteClock(agentTime);
    this.change({ clusterName, hostname });
  }

  /** The journal says since when instances are as they are. */
  private async recall(): Promise<void> {
    const { load } = this;
    const history = await this.deps.api.history({ kinds: ['service', 'check'], limit: HISTORY_LIMIT });
    if (load !== this.load || !history.ok) return; // it is asked for again with the next connection
    const { events, oldest, isTruncated } = history.value;
    for (const event of events) this.catalog.recall(event);
    this.change({
      services: this.catalog.groups(),
      changesKnownSince: isTruncated ? events[0]?.time : oldest,
    });
  }

  private askSoon(what: Question): void {
    if (this.asks.has(what)) return;
    const cancel = this.deps.clock.after(ASK_AFTER_MS, () => {
      this.asks.delete(what);
      void this.ask(what);
    });
    this.asks.set(what, cancel);
  }

  private async ask(what: Question): Promise<void> {
    const { api } = this.deps;
    if (what === 'history') await this.recall();
    else if (what === 'members') await this.learn(api.members(), (members) => ({ members }));
    else await this.learn(api.proxy(), (proxy) => ({ proxy }), { proxy: 'none' });
  }

  /** @param ofAbsent what it means that the agent has no such thing */
  private async learn<T>(
    asked: Promise<Answer<T>>,
    of: (value: T) => Partial<ConsoleState>,
    ofAbsent: Partial<ConsoleState> = {},
  ): Promise<void> {
    const { load } = this;
    const answer = await asked;
    if (load !== this.load || this.current.link.state !== 'live') return;
    if (answer.ok) {
      this.heardAt = this.deps.clock.now();
      this.noteClock(answer.agentTime);
      this.change(of(answer.value));
    } else if (answer.why === 'absent') {
      this.change(ofAbsent);
    } else if (answer.why === 'unreachable') {
      this.feed.lose();
    }
  }

  /** @param isAnother whether the agent may have begun anew since the last look */
  private look(isAnother = false): void {
    this.cancelLook?.();
    this.cancelLook = this.deps.clock.after(LOOK_EVERY_MS, () => this.look());
    void this.ask('members');
    if (isAnother || this.current.proxy !== 'none') void this.ask('proxy'); // only a start changes that it has none
  }

  private heard(): void {
    this.heardAt = this.deps.clock.now();
    if (this.current.link.state !== 'live') this.change({ link: { state: 'live' } });
  }

  private lost(): void {
    this.drop();
    if (this.current.link.state === 'live') this.missed(this.deps.clock.now());
    else void this.learnWhy();
  }

  private missed(since: number): void {
    this.change({ link: { state: 'lost', since, shownFrom: this.heardAt } });
  }

  /** Why an agent does not tell of events: it cannot be reached, has too many readers, or is an original, which has its state alone. */
  private async learnWhy(): Promise<void> {
    if (this.isLearning) return;
    this.isLearning = true;
    const { load } = this;
    const history = await this.deps.api.history({ limit: 1 });
    this.isLearning = false;
    if (load !== this.load) return;
    if (!history.ok && history.why === 'absent') {
      this.feed.rest(TRY_EVENTS_EVERY_MS);
      await this.poll();
    } else if (this.current.link.state === 'connecting') {
      this.unreached(history.ok ? 'the stream of its events does not open' : history.text);
    }
  }

  private async poll(): Promise<void> {
    const load = ++this.load;
    const state = await this.deps.api.state();
    if (load !== this.load) return;
    if (!state.ok) {
      this.unreached(state.text);
      this.feed.lose();
      return;
    }
    this.takeState(state);
    this.heardAt = this.deps.clock.now();
    this.change({ link: { state: 'polled', everyMs: POLL_EVERY_MS }, services: this.catalog.groups() });
    this.cancelLook?.();
    this.cancelLook = this.deps.clock.after(POLL_EVERY_MS, () => void this.poll());
  }

  private unreached(fault: string): void {
    const { link } = this.current;
    if (link.state === 'lost') return;
    if (this.hasState) this.missed(link.state === 'polled' ? this.deps.clock.now() : this.heardAt);
    else this.change({ link: { state: 'connecting', fault } });
  }

  /** What is asked and what is on its way is of no use any more. */
  private drop(): void {
    this.load += 1;
    this.waiting = undefined;
    this.cancelLook?.();
    this.cancelLook = undefined;
    for (const cancel of this.asks.values()) cancel();
    this.asks.clear();
  }

  private noteClock(agentTime: number | undefined): void {
    if (agentTime === undefined) return;
    const ahead = agentTime - this.deps.clock.now();
    if (Math.abs(ahead - this.current.agentAheadMs) < SAME_CLOCK_MS) return;
    this.change({ agentAheadMs: Math.abs(ahead) < SAME_CLOCK_MS ? 0 : ahead });
  }

  private change(facts: Partial<ConsoleState>): void {
    this.current = { ...this.current, ...facts };
    this.cancelTelling ??= this.deps.clock.after(PACE_MS, () => {
      this.cancelTelling = undefined;
      for (const listener of this.listeners) listener();
    });
  }
}
