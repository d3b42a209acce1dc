import type { Member, State } from './answers.js';
import type { Api } from './api.js';
import { Catalog, type ServiceGroup } from './catalog.js';
import type { ClusterStanding } from './clusters.js';
import type { Convergence } from './convergence.js';
import type { Problem } from './health.js';
import { Listeners } from './listeners.js';
import type { Clock } from './ports.js';

/** What an agent of a cluster told last. What is undefined is not known, or that agent does not tell it. */
export interface ClusterFacts {
  readonly services: readonly ServiceGroup[];
  /** When any of them last changed, by its clock. */
  readonly changedAt: number | undefined;
  readonly members: readonly Member[] | undefined;
  readonly problems: readonly Problem[] | undefined;
  readonly convergence: Convergence | undefined;
  /** It tells its state and nothing else, as an original does. */
  readonly isPlain: boolean;
}

/** Times are milliseconds since 1970 by this browser. */
export interface ClusterView {
  readonly name: string;
  readonly isSelf: boolean;
  /** The last that is known; undefined: nothing is. */
  readonly facts: ClusterFacts | undefined;
  /** It does not answer: why, and when it last did; `since` undefined: nobody knows. */
  readonly away: { readonly fault: string; readonly since: number | undefined } | undefined;
}

/** Asked at once: as many connections as leave the others to the rest of the page. */
const AT_ONCE = 2;
const EVERY_MS = 3_000;
/** Of more, each is asked less often. */
const FEW = 8;
/** Members, problems and convergence are asked for with each so manieth state. */
const REST_EVERY = 4;
const MOST_PAUSE_MS = 60_000;
/** Which clusters there are, until that is known. */
const LIST_AGAIN_MS = 5_000;
/** What comes in so short a time is shown together. */
const PACE_MS = 200;

interface Followed {
  view: ClusterView;
  readonly api: Api;
  readonly catalog: Catalog;
  state: State | undefined;
  heardAt: number | undefined;
  looks: number;
  failures: number;
  isAsked: boolean;
  dueAt: number;
}

/** All clusters at a glance: each is asked now and then, two at a time, while somebody looks. What was told is kept. */
export class Overview {
  private followed: readonly Followed[] = [];
  private views: readonly ClusterView[] = [];
  private readonly listeners: Listeners;
  private isRunning = false;
  private isListKnown = false;
  private isSeeking = false;
  private cancelSeek: (() => void) | undefined;
  private cancel: (() => void) | undefined;

  /** @param apiOf asks another cluster; undefined: the own one */
  constructor(
    private readonly apiOf: (cluster: string | undefined) => Api,
    private readonly clock: Clock,
  ) {
    this.listeners = new Listeners(clock, PACE_MS, () => this.takeViews());
  }

  /** The own cluster first. */
  clusters(): readonly ClusterView[] {
    return this.views;
  }

  /** @returns its end */
  subscribe(listener: () => void): () => void {
    return this.listeners.add(listener);
  }

  /** Somebody looks at any page: learns which clusters there are, and asks until it knows. */
  seek(): void {
    this.isSeeking = true;
    if (!this.isListKnown) void this.learn();
  }

  /** Nobody does any more. */
  rest(): void {
    this.isSeeking = false;
    this.cancelSeek?.();
    this.cancelSeek = undefined;
  }

  start(): void {
    this.isRunning = true;
    if (this.isListKnown) void this.learn(); // how it stands with those that others have asked meanwhile
    this.pump();
  }

  stop(): void {
    this.isRunning = false;
    this.cancel?.();
    this.cancel = undefined;
  }

  private async learn(): Promise<void> {
    const list = await this.apiOf(undefined).clusters();
    if (list.ok) {
      this.isListKnown = true;
      this.follow(list.value);
    } else if (this.isSeeking && !this.isListKnown && list.why !== 'absent') {
      this.cancelSeek?.();
      this.cancelSeek = this.clock.after(LIST_AGAIN_MS, () => void this.learn());
    }
  }

  private follow(list: readonly ClusterStanding[]): void {
    const now = this.clock.now();
    this.followed = list.map((standing) => {
      const { name, isSelf, fault, lastAnswerAgoMs } = standing;
      const since = lastAnswerAgoMs === undefined ? undefined : now - lastAnswerAgoMs;
      const known = this.followed.find(({ view }) => view.name === name);
      if (known) {
        const { away } = known.view;
        if (away && away.since === undefined) known.view = { ...known.view, away: { ...away, since } };
        return known;
      }
      const away = fault === undefined ? undefined : { fault, since };
      return {
        view: { name, isSelf, facts: undefined, away },
        ...{ api: this.apiOf(isSelf ? undefined : name), catalog: new Catalog(), state: undefined, heardAt: undefined },
        ...{ looks: 0, failures: 0, isAsked: false, dueAt: 0 },
      };
    });
    this.listeners.tell();
    this.pump();
  }

  /** Asks whoever is due, as many as may be asked at once. */
  private pump(): void {
    this.cancel?.();
    this.cancel = undefined;
    if (!this.isRunning) return;
    const now = this.clock.now();
    const waiting = this.followed.filter(({ isAsked }) => !isAsked).sort((a, b) => a.dueAt - b.dueAt);
    const free = AT_ONCE - (this.followed.length - waiting.length);
    for (const each of waiting.slice(0, Math.max(0, free))) if (each.dueAt <= now) void this.look(each);
    const next = waiting.find(({ isAsked }) => !isAsked);
    if (next && free > 0) this.cancel = this.clock.after(Math.max(0, next.dueAt - now), () => this.pump());
  }

  private async look(each: Followed): Promise<void> {
    each.isAsked = true;
    const from = this.clock.now();
    await this.ask(each);
    const now = this.clock.now();
    const usual = EVERY_MS * Math.max(1, this.followed.length / FEW);
    const pause = Math.min(MOST_PAUSE_MS, usual * 2 ** Math.min(each.failures, 10));
    each.dueAt = now + Math.max(pause, now - from);
    each.isAsked = false;
    this.listeners.tell();
    this.pump();
  }

  private async ask(each: Followed): Promise<void> {
    const { api, catalog, view } = each;
    const state = await api.state();
    if (!state.ok) {
      each.failures += 1;
      const since = each.heardAt ?? view.away?.since;
      each.view = { ...view, away: { fault: state.text, since } };
      if (since === undefined && each.failures === 1) void this.learn(); // maybe the agent knows since when
      return;
    }
    each.failures = 0;
    if (state.value !== each.state) {
      each.state = state.value;
      catalog.replace(state.value.instances);
    }
    const told = { services: catalog.groups(), changedAt: state.value.changedAt };
    this.heard(each, { ...(view.facts ?? { ...NOT_TOLD, isPlain: false }), ...told });
    if (each.looks++ % REST_EVERY > 0) return;
    const members = await api.members();
    if (!members.ok && members.why === 'absent') {
      this.heard(each, { ...told, ...NOT_TOLD, isPlain: true });
      return;
    }
    const [problems, convergence] = [await api.problems(), await api.convergence()];
    this.heard(each, {
      ...told,
      members: members.ok ? members.value : undefined,
      problems: problems.ok ? problems.value : undefined,
      convergence: convergence.ok ? convergence.value : undefined,
      isPlain: false,
    });
  }

  private heard(each: Followed, facts: ClusterFacts): void {
    each.heardAt = this.clock.now();
    const { view } = each;
    if (view.facts && !view.away && isSame(view.facts, facts)) return;
    each.view = { ...view, facts, away: undefined };
    this.listeners.tell();
  }

  /** @returns whether any of them is another than before */
  private takeViews(): boolean {
    const views = this.followed.map(({ view }) => view);
    if (views.length === this.views.length && views.every((view, i) => view === this.views[i])) return false;
    this.views = views;
    return true;
  }
}

const isSame = (a: ClusterFacts, b: ClusterFacts): boolean =>
  a.services === b.services &&
  a.changedAt === b.changedAt &&
  a.members === b.members &&
  a.problems === b.problems &&
  a.convergence === b.convergence &&
  a.isPlain === b.isPlain;

const NOT_TOLD = { members: undefined, problems: undefined, convergence: undefined };
