import type { Millis } from '../lib/ports.js';

export interface NamedUrl {
  readonly name: string;
  /** Without a slash at its end. */
  readonly url: string;
}

/** How it stands with a cluster, as the last questions to it tell. Of the own one there is no `url`. */
export interface ClusterStanding {
  readonly name: string;
  readonly isSelf: boolean;
  readonly url?: string;
  readonly state: 'reachable' | 'unreachable' | 'unasked';
  /** Why it is unreachable. */
  readonly message?: string;
  /** Since it last told anything; null: it never has. */
  readonly lastAnswerAgoMs: Millis | null;
}

/** Another cluster, and how it stands with it. Nobody asks it for that alone. */
export class OtherCluster {
  private answeredAt: Millis | undefined;
  private fault: string | undefined;

  constructor(private readonly named: NamedUrl) {}

  get name(): string {
    return this.named.name;
  }

  get url(): string {
    return this.named.url;
  }

  answered(now: Millis): void {
    this.answeredAt = now;
    this.fault = undefined;
  }

  /** @param askedAt when the question was asked of which nothing came; an answer to a later one counts for more */
  failed(message: string, askedAt: Millis): void {
    if (this.answeredAt === undefined || this.answeredAt < askedAt) this.fault = message;
  }

  standing(now: Millis): ClusterStanding {
    const { name, url, answeredAt, fault } = this;
    const known = { name, isSelf: false, url };
    const lastAnswerAgoMs = answeredAt === undefined ? null : Math.round(now - answeredAt);
    if (fault !== undefined) return { ...known, state: 'unreachable', message: fault, lastAnswerAgoMs };
    return { ...known, state: answeredAt === undefined ? 'unasked' : 'reachable', lastAnswerAgoMs };
  }
}
