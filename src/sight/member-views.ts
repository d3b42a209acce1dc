import type { AskHost } from '../lib/ask-host.js';
import type { Clock, Millis, WallClock } from '../lib/ports.js';
import { compareBytes } from '../service/go-json.js';
import type { Timestamp } from '../service/timestamp.js';
import { groupsOf } from './groups.js';
import { isThere, readBeliefs, viewOf, type Belief, type Beliefs, type Difference, type View } from './view.js';

/** A member as we see it. */
export interface KnownMember {
  readonly name: string;
  readonly state: Belief;
  readonly isSelf: boolean;
  readonly skewMs: Millis | undefined;
  readonly roundTripMs: Millis | undefined;
}

/** One member, and what it believes of all. */
export interface HostView {
  readonly name: string;
  /** As we see it. */
  readonly state: Belief;
  readonly asked: 'self' | 'answered' | 'unanswered' | 'not-asked';
  /** Why there is no view of it. */
  readonly message: string | undefined;
  /** How many members it has alive; undefined without an answer. */
  readonly sees: number | undefined;
  readonly differs: readonly Difference[];
  /** Differences beyond those that are listed. */
  readonly omitted: number;
  /** How far its clock is ahead of ours. */
  readonly skewMs: Millis | undefined;
  readonly roundTripMs: Millis | undefined;
}

/** What every live member believes of the members. */
export interface WhoSeesWhom {
  /** When the first was asked. */
  readonly time: Timestamp;
  readonly clusterName: string;
  /** By name, this host included. */
  readonly hosts: readonly HostView[];
  /** Groups of hosts that see each other; one: the cluster is whole. */
  readonly partitions: readonly (readonly string[])[];
}

type Answer =
  | { readonly state: 'self' | 'answered'; readonly view: View }
  | { readonly state: 'unanswered' | 'not-asked'; readonly why: string };

/** Of one round; the first by name. */
const MAX_ASKED = 256;
const MAX_AT_ONCE = 16;
/** Who is not asked by then is not asked in this round: whoever waits for it may not wait long where many are silent. */
const ASKING_MS: Millis = 3_000;
const KEPT_MS: Millis = 5_000;

/** Asks every live member what it believes of the members: in one round at a time, whose outcome is shared by all who ask. */
export class MemberViews {
  private round: Promise<WhoSeesWhom> | undefined;
  /** Undefined while the round goes on. */
  private endedAt: Millis | undefined;

  constructor(
    private readonly clusterName: string,
    private readonly deps: {
      /** In no order. */
      readonly members: () => readonly KnownMember[];
      readonly askHost: AskHost;
      readonly clock: Clock;
      readonly wall: WallClock;
    },
  ) {}

  /** At most 5 s old; within about 4 s. */
  look(): Promise<WhoSeesWhom> {
    const { clock } = this.deps;
    const isOld = this.endedAt !== undefined && clock.now() - this.endedAt >= KEPT_MS;
    if (this.round && !isOld) return this.round;
    this.endedAt = undefined;
    this.round = this.ask().finally(() => (this.endedAt = clock.now()));
    return this.round;
  }

  private async ask(): Promise<WhoSeesWhom> {
    const time = this.deps.wall.nowNs();
    const members = this.deps.members().toSorted((a, b) => compareBytes(a.name, b.name));
    const asked: { readonly member: KnownMember; readonly answer: Answer }[] = [];
    const answerOf = this.asker(new Map(members.map(({ name, state }) => [name, state])));
    const queue = members.entries();
    const askInTurn = async (): Promise<void> => {
      for (const [i, member] of queue) asked[i] = { member, answer: await answerOf(member) };
    };
    await Promise.all(Array.from({ length: MAX_AT_ONCE }, askInTurn));
    const presences = asked.flatMap(({ member, answer }) =>
      'view' in answer ? [[member.name, answer.view.present] as const] : [],
    );
    return {
      ...{ time, clusterName: this.clusterName },
      hosts: asked.map(({ member, answer }) => listed(member, answer)),
      partitions: groupsOf(new Map(presences)),
    };
  }

  /** @returns what asks one member, as far as it is to be asked in this round */
  private asker(ours: Beliefs): (member: KnownMember) => Promise<Answer> {
    const { clock } = this.deps;
    const until = clock.now() + ASKING_MS;
    let left = MAX_ASKED;
    return async ({ name, state, isSelf }) => {
      if (isSelf) return { state: 'self', view: viewOf(ours, ours) };
      if (!isThere(state)) return notAsked('it is no live member');
      if (left === 0) return notAsked(`one round asks ${MAX_ASKED} hosts`);
      if (clock.now() >= until) return notAsked(`the others took ${ASKING_MS / 1_000} s to answer`);
      left -= 1;
      return this.viewFrom(name, ours);
    };
  }

  private async viewFrom(host: string, ours: Beliefs): Promise<Answer> {
    const answer = await this.deps.askHost(host, '/api/members');
    if (answer.state !== 'answered') return answer;
    const { at, status, body } = answer;
    const theirs = status === 200 ? readBeliefs(body, host) : undefined;
    if (theirs) return { state: 'answered', view: viewOf(theirs, ours) };
    return { state: 'unanswered', why: `${at} answers with ${status}, and not with the members that ${host} sees` };
  }
}

const notAsked = (why: string): Answer => ({ state: 'not-asked', why });

function listed({ name, state, skewMs, roundTripMs }: KnownMember, answer: Answer): HostView {
  const said =
    'view' in answer
      ? { message: undefined, sees: answer.view.sees, differs: answer.view.differs, omitted: answer.view.omitted }
      : { message: answer.why, sees: undefined, differs: [], omitted: 0 };
  return { name, state, asked: answer.state, ...said, skewMs, roundTripMs };
}
