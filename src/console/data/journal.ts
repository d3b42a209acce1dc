import type { Api, NoAnswer } from './api.js';
import type { AgentEvent } from './event.js';
import { instantText } from './fields.js';

/** What is known of an agent's journal. */
export interface JournalView {
  /** The newest first; without the records, which are the most of it. */
  readonly events: readonly AgentEvent[];
  /** When the oldest event was that the agent keeps. */
  readonly oldest: number | undefined;
  /** `whole`: there is nothing older, or no room for it; `none`: nothing is kept. */
  readonly state: 'reading' | 'whole' | 'none' | 'failed';
  /** Why it could not be read. */
  readonly fault: NoAnswer | undefined;
}

export const NOTHING_READ: JournalView = { events: [], oldest: undefined, state: 'reading', fault: undefined };

/** The first page is there soon; the others are few. */
const FIRST = 500;
const PAGE = 2_000;
/** As many as an agent keeps unless it is told otherwise; of more the newest count. */
const MOST = 10_000;

/** Reads a journal backwards, page by page, and takes what is told meanwhile. */
export class JournalReader {
  private view: JournalView = NOTHING_READ;
  private reading = 0;

  constructor(
    private readonly api: Pick<Api, 'history'>,
    private readonly show: (view: JournalView) => void,
  ) {}

  /** Reads what is not known yet: all of it, or what was missed since. Once it is read, or cannot be, it ends. */
  async read(): Promise<void> {
    const reading = ++this.reading;
    const { state, events: before } = this.view;
    // What is told meanwhile may lie behind a gap: only what was known before says that nothing is missing.
    const known = new Map(before.map(({ id, time }) => [id, time]));
    let until: number | undefined;
    for (;;) {
      const query = until === undefined ? { limit: FIRST } : { limit: PAGE, until: instantText(until) };
      const answer = await this.api.history(query);
      if (reading !== this.reading) return;
      if (!answer.ok) {
        this.change({ state: 'failed', fault: answer });
        return;
      }
      const { events, oldest, isTruncated } = answer.value;
      const joins = events.some(({ id, time }) => known.get(id) === time);
      this.take(events);
      const last = this.view.events.at(-1);
      const isFull = this.view.events.length >= MOST && (events[0]?.id ?? 0) <= (last?.id ?? 0);
      const next = (joins ? last : events[0])?.time;
      const isStuck = next === undefined || next === until;
      if (!isTruncated || (joins && state === 'whole') || isFull || isStuck) {
        const kept = this.view.events.filter(({ time }) => time >= (oldest ?? -Infinity));
        this.change({ events: kept, oldest, state: oldest === undefined ? 'none' : 'whole', fault: undefined });
        return;
      }
      this.change({ oldest, fault: undefined });
      until = next;
    }
  }

  stop(): void {
    this.reading += 1;
  }

  /** @param events oldest first */
  take(events: readonly AgentEvent[]): void {
    const byId = new Map(this.view.events.map((event) => [event.id, event]));
    const again = events.filter(({ id }) => byId.has(id));
    // The journal was lost, and counts from the first anew.
    if (again.some(({ id, time }) => byId.get(id)?.time !== time)) byId.clear();
    else if (again.length === events.length) return;
    for (const event of events) byId.set(event.id, { ...event, record: undefined });
    this.change({ events: [...byId.values()].sort((a, b) => b.id - a.id).slice(0, MOST) });
  }

  private change(facts: Partial<JournalView>): void {
    this.view = { ...this.view, ...facts };
    this.show(this.view);
  }
}
