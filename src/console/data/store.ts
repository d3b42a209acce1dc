import { aheadOf } from './agent-clock.js';
import type { Member, State } from './answers.js';
import type { Answer, Api } from './api.js';
import { Catalog } from './catalog.js';
import { isReached, START, type ConsoleState } from './console-state.js';
import { isStart, withNewer, type AgentEvent } from './event.js';
import { Feed } from './feed.js';
import { HINTS, SoonAsked, type Question } from './hints.js';
import { Listeners } from './listeners.js';
import { POLL_EVERY_MS, TRY_EVENTS_EVERY_MS, WhyNoEvents } from './no-events.js';
import type { Clock, OpenEvents } from './ports.js';

/** Changes of so short a time are shown together. */
const PACE_MS = 50;
/** Figures grow old without an event; and a connection that died in silence is found out. */
const LOOK_EVERY_MS = 10_000;
/** How far the journal is read back for the changes of before. */
const HISTORY_LIMIT = 4_000;

/** What one agent tells, kept up to date, for everybody who shows it. */
export class Store {
  private current: ConsoleState = START;
  private catalog = new Catalog();
  private readonly feed: Feed;
  private readonly why: WhyNoEvents;
  private readonly listeners: Listeners;
  /** Events that came while the state was on its way; undefined while it is not. */
  private waiting: AgentEvent[] | undefined;
  /** Of the newest load: answers to earlier ones come too late. */
  private load = 0;
  /** All events since the last state were taken; and what the journal tells of that state. */
  private isWhole = false;
  private isRecalled = false;
  /** It went on behind the last event, and nobody has said yet whether that was one of the same agent. */
  private isUnsure = false;
  private heardAt: number;
  private hasState = false;
  private isLearning = false;
  private cancelLook: (() => void) | undefined;
  private readonly soon: SoonAsked;

  /** @param base what stands before each path of this agent */
  constructor(
    private readonly deps: { readonly api: Api; readonly open: OpenEvents; readonly clock: Clock },
    base = '',
  ) {
    this.heardAt = deps.clock.now();
    this.listeners = new Listeners(deps.clock, PACE_MS);
    this.why = new WhyNoEvents(deps.api);
    this.soon = new SoonAsked(deps.clock, (what) => void this.ask(what));
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
    this.listeners.drop();
  }

  /** Connects at once if it waits to. */
  readonly hurry = (): void => this.feed.hurry();

  state(): ConsoleState {
    return this.current;
  }

  /** Called after changes, at most every 50 ms. @returns its end */
  subscribe(listener: () => void): () => void {
    return this.listeners.add(listener);
  }

  private opened(isContinued: boolean): void {
    this.why.opened();
    if (!isContinued || !this.isWhole) {
      void this.loadAll();
      return;
    }
    this.heard();
    this.isUnsure = true;
    this.look();
    if (!this.isRecalled) this.soon.add('history');
  }

  private told(event: AgentEvent): void {
    this.heardAt = this.deps.clock.now();
    if (this.waiting) {
      this.waiting.push(event);
      return;
    }
    // An agent that started anew may believe something else than the one before, without an event for each difference.
    if (isStart(event)) void this.loadAll();
    else this.take([event]);
  }

  /** Records of before the last start are of another run than the state that was asked for. */
  private take(events: readonly AgentEvent[]): void {
    const start = events.findLastIndex(isStart);
    for (const [i, event] of events.entries()) {
      if (i < start) this.catalog.recall(event);
      else this.catalog.apply(event);
      const hint = HINTS[event.kind];
      if (hint) this.soon.add(hint);
    }
    this.change({ services: this.catalog.groups(), events: withNewer(this.current.events, events) });
  }

  /** Asks for the state while the events that follow it come in already, so that none is missed between. */
  private async loadAll(): Promise<void> {
    const load = ++this.load;
    this.isWhole = false;
    this.isRecalled = false;
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
    this.soon.add('history'); // not at once: what is believed is shown first
  }

  private takeState({ value, agentTime }: { readonly value: State; readonly agentTime: number | undefined }): void {
    const { clusterName, hostname, instances } = value;
    if (this.hasState && hostname !== this.current.hostname) this.forget();
    this.catalog.replace(instances);
    this.hasState = true;
    this.isUnsure = false;
    this.noteClock(agentTime);
    this.change({ clusterName, hostname });
  }

  /** Another agent has the place of the one before. */
  private forget(): void {
    this.catalog = new Catalog();
    const { members, proxy, events, changesKnownSince } = START;
    this.change({ members, proxy, events, changesKnownSince });
  }

  /** The journal says since when instances are as they are. */
  private async recall(): Promise<void> {
    const { load } = this;
    const history = await this.deps.api.history({ kinds: ['service', 'check'], limit: HISTORY_LIMIT });
    if (load !== this.load || !history.ok) return; // it is asked for again with the next connection
    const { events, oldest, isTruncated } = history.value;
    this.isRecalled = true;
    for (const event of events) this.catalog.recall(event);
    this.change({
      services: this.catalog.groups(),
      changesKnownSince: isTruncated ? events[0]?.time : oldest,
    });
  }

  private async ask(what: Question): Promise<void> {
    const { api } = this.deps;
    if (what === 'history') await this.recall();
    else if (what === 'members') await this.learn(api.members(), (members) => this.takeMembers(members));
    else await this.learn(api.proxy(), (proxy) => ({ proxy }), { proxy: 'none' });
  }

  private takeMembers(members: readonly Member[]): Partial<ConsoleState> {
    const self = members.find(({ isSelf }) => isSelf)?.name ?? this.current.hostname;
    if (this.isUnsure && self !== this.current.hostname) void this.loadAll();
    this.isUnsure = false;
    return { members };
  }

  /** @param ofAbsent what it means that the agent has no such thing */
  private async learn<T>(
    asked: Promise<Answer<T>>,
    of: (value: T) => Partial<ConsoleState>,
    ofAbsent: Partial<ConsoleState> = {},
  ): Promise<void> {
    const { load } = this;
    const answer = await asked;
    if (load !== this.load || !isReached(this.current.link)) return;
    if (answer.ok) {
      this.heardAt = this.deps.clock.now();
      this.noteClock(answer.agentTime);
      this.change(of(answer.value));
    } else if (answer.why === 'absent') this.change(ofAbsent);
    else if (answer.why === 'unreachable' && this.current.link.state === 'live') this.feed.lose();
  }

  /** @param isAnother whether the agent may have begun anew since the last look */
  private look(isAnother = false): void {
    this.cancelLook?.();
    this.cancelLook = this.deps.clock.after(LOOK_EVERY_MS, () => this.look());
    this.askRest(isAnother);
  }

  private askRest(isAnother: boolean): void {
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

  private async learnWhy(): Promise<void> {
    if (this.isLearning) return;
    this.isLearning = true; // also while the state is asked for: who has neither is asked again after the pause of the feed
    const { load } = this;
    const why = await this.why.ask();
    if (load === this.load) {
      if ('fault' in why) {
        this.unreached(why.fault);
      } else {
        this.feed.rest(TRY_EVENTS_EVERY_MS);
        await this.poll(why.isPlain);
      }
    }
    this.isLearning = false;
  }

  private async poll(isPlain: boolean): Promise<void> {
    const load = ++this.load;
    const state = await this.deps.api.state();
    if (load !== this.load) return;
    if (!state.ok) {
      this.unreached(state.text);
      this.feed.lose();
      return;
    }
    this.takeState(state);
    this.isWhole = false; // events that were told before are older than this
    this.heardAt = this.deps.clock.now();
    this.change({ link: { state: 'polled', everyMs: POLL_EVERY_MS, isPlain }, services: this.catalog.groups() });
    this.cancelLook?.();
    this.cancelLook = this.deps.clock.after(POLL_EVERY_MS, () => void this.poll(isPlain));
    if (isPlain) return;
    this.askRest(false);
    void this.ask('history');
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
    this.soon.drop();
  }

  private noteClock(agentTime: number | undefined): void {
    const agentAheadMs = aheadOf(this.current.agentAheadMs, agentTime, this.deps.clock.now());
    if (agentAheadMs !== this.current.agentAheadMs) this.change({ agentAheadMs });
  }

  private change(facts: Partial<ConsoleState>): void {
    this.current = { ...this.current, ...facts };
    this.listeners.tell();
  }
}
