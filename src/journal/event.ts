import type { ChangeReason } from '../catalog/reason.js';
import type { Millis } from '../lib/ports.js';
import { recordText } from '../service/codec.js';
import { statusName, type Service, type Status } from '../service/service.js';
import { formatTimestamp, type Timestamp } from '../service/timestamp.js';

export const EVENT_KINDS = ['service', 'member', 'check', 'proxy', 'refusal', 'set-aside', 'problem', 'agent'] as const;

export type EventKind = (typeof EVENT_KINDS)[number];

/** What happened, as the room says it that saw it. `text` is one plain sentence for people. */
export type Happening =
  | ServiceHappening
  | MemberHappening
  | CheckHappening
  | ProxyHappening
  | RefusalHappening
  | SetAsideHappening
  | ProblemHappening
  | AgentHappening;

/** A happening with its place in the journal. */
export type JournalEvent = Happening & {
  /** Rises with every event, also over restarts. */
  readonly id: number;
  /** When this agent saw it, by its own clock. */
  readonly time: Timestamp;
};

/** A record of the catalog changed. */
export interface ServiceHappening {
  readonly kind: 'service';
  readonly what: 'added' | 'status' | 'content' | 'removed';
  readonly service: string;
  /** Whose record it is. */
  readonly host: string;
  readonly instance: string;
  readonly text: string;
  readonly status: Status;
  readonly previous: Status;
  readonly reason: ChangeReason;
  readonly detail: string | undefined;
  /** Which peer told us; undefined when none did, or nobody knows. */
  readonly from: string | undefined;
  /** How long after its origin made it, by the two clocks, it came from a peer; negative when the origin's is ahead. */
  readonly lateMs: Millis | undefined;
  /** `LastChanged` of the catalog since then; of what was removed, when that was. */
  readonly lastChanged: Timestamp;
  readonly record: Service;
}

export interface MemberHappening {
  readonly kind: 'member';
  readonly what: 'joined' | 'left' | 'failed' | 'conflict';
  readonly host: string;
  readonly text: string;
  /** Where the member is, or for a conflict who else has its name. */
  readonly address: string | undefined;
}

/** The health of an instance of this host, when it is told for the first time or differs from before. */
export interface CheckHappening {
  readonly kind: 'check';
  readonly what: 'passed' | 'failed' | 'timed-out';
  readonly service: string;
  readonly host: string;
  readonly instance: string;
  readonly text: string;
  /** What the check showed, at most 1,024 characters; undefined when it is not to be kept. */
  readonly detail: string | undefined;
}

/** HAProxy of this host. */
export interface ProxyHappening {
  readonly kind: 'proxy';
  /**
   * `runtime`: its servers were changed while it ran; `repaired`: they were not as they should be; `started`: it did not run, and
   * was started; `lost`: it ended, and nobody had asked it to; `found`: it runs already.
   */
  readonly what: 'runtime' | 'repaired' | 'reload' | 'failed' | 'started' | 'lost' | 'found';
  readonly host: string;
  readonly text: string;
  /** Why it was a reload: stable words. */
  readonly reasons: readonly string[];
  /** Why it failed: a stable word. */
  readonly code: string | undefined;
  /** From the change in the catalog on, where that is known. */
  readonly tookMs: number | undefined;
  /** Names the configuration that HAProxy has now; undefined while that is not known. */
  readonly digest: string | undefined;
}

/** Something that a peer sent was not taken. */
export interface RefusalHappening {
  readonly kind: 'refusal';
  readonly what: 'refused';
  readonly service: string | undefined;
  /** Whose record it is, where that could be read. */
  readonly host: string | undefined;
  readonly instance: string | undefined;
  readonly text: string;
  readonly code: string;
}

/** HAProxy serves the rest without it. */
export interface SetAsideHappening {
  readonly kind: 'set-aside';
  readonly what: 'raised' | 'cleared';
  readonly service: string | undefined;
  readonly host: string;
  readonly text: string;
  readonly code: string;
  /** The service, with its ServicePort or instance where it is about that. */
  readonly subject: string;
}

export interface ProblemHappening {
  readonly kind: 'problem';
  readonly what: 'raised' | 'cleared';
  readonly host: string;
  readonly text: string;
  readonly room: string;
  readonly code: string;
  readonly subject: string;
}

export interface AgentHappening {
  readonly kind: 'agent';
  readonly what: 'started' | 'stopped';
  readonly host: string;
  readonly text: string;
}

/** An event as the journal, streams and answers show it: compact JSON, without what is not known. */
export function eventText(event: JournalEvent): string {
  const { id, time, kind, what, ...facts } = event;
  const head = JSON.stringify({ id, time: formatTimestamp(time), kind, what }).slice(0, -1);
  if (!('record' in facts)) return `${head},${JSON.stringify(facts).slice(1)}`;
  const { record, status, previous, lastChanged, ...rest } = facts;
  const words = {
    ...rest,
    status: statusName(status),
    previous: statusName(previous),
    lastChanged: formatTimestamp(lastChanged),
  };
  return `${head},${JSON.stringify(words).slice(1, -1)},"record":${recordText(record)}}`;
}
