import { Doorbell } from '../lib/doorbell.js';
import type { Millis } from '../lib/ports.js';
import { doneOrAborted } from '../lib/sleep.js';
import { AskError } from './ask.js';
import type { CommandContext } from './command.js';
import type { StreamLine } from './event-stream.js';
import { instancesOf, isGone, isState, type State } from './instance.js';
import { instancesPage, nothingToShow, type StatusTimes } from './instances-table.js';
import { localTime } from './local-time.js';
import { nowMs } from './now.js';
import { frame, HIDE_SHELL, SHOW_SHELL } from './screen.js';
import { servicesPage } from './services-table.js';
import { statusTimes } from './status-times.js';
import { colorsOf } from './terminal.js';
import { shortened } from './text-width.js';
import { wrapped } from './wrap.js';

/** How often ages are written anew, and the size of the window is looked at. */
const REDRAW_MS: Millis = 1000;
/** Of a burst of changes the state is asked for so often. */
const PACE_MS: Millis = 250;
/** `Updated` changes without an event. */
const REFRESH_MS: Millis = 5000;

/** A table that is drawn in place and kept up to date. */
export class LiveView {
  private readonly bell = new Doorbell();
  private state: State | undefined;
  private since: StatusTimes = new Map();
  private isStale = true;
  private askedAt: Millis = -Infinity;
  /** Why what is shown may be old. */
  private trouble: string | undefined;

  /** @param name the service whose instances are shown; undefined: all services */
  constructor(
    private readonly name: string | undefined,
    private readonly context: CommandContext,
  ) {}

  /** Until the signal aborts. @throws AskError when the agent cannot be followed to begin with */
  async run(changes: AsyncGenerator<StreamLine, void>, signal: AbortSignal): Promise<void> {
    const first = await changes.next();
    if (first.done) return;
    this.take(first.value);
    this.context.print(HIDE_SHELL);
    try {
      await Promise.all([this.listen(changes), this.show(signal)]);
    } finally {
      this.context.print(SHOW_SHELL);
    }
  }

  private async listen(changes: AsyncGenerator<StreamLine, void>): Promise<void> {
    for await (const line of changes) {
      this.take(line);
      this.bell.ring();
    }
  }

  private take({ event }: StreamLine): void {
    this.trouble = event.kind === 'away' ? event.text : undefined;
    this.isStale = true;
  }

  private async show(signal: AbortSignal): Promise<void> {
    const { clock } = this.context;
    while (!signal.aborted) {
      const age = clock.now() - this.askedAt;
      if (this.trouble === undefined && ((this.isStale && age >= PACE_MS) || age >= REFRESH_MS))
        await doneOrAborted(this.refresh(), signal);
      this.context.print(frame(this.lines(), this.context.terminal));
      await this.bell.wait(clock, this.isStale ? PACE_MS : REDRAW_MS, signal);
    }
  }

  private async refresh(): Promise<void> {
    const { context, name } = this;
    this.isStale = false;
    this.askedAt = context.clock.now();
    try {
      this.state = (await context.ask('GET', '/state.json', isState)).json;
      if (name !== undefined) this.since = await statusTimes(context, name);
    } catch (error) {
      if (!(error instanceof AskError)) throw error;
      this.isStale = true; // the stream says when the agent is away
    }
  }

  private lines(): readonly string[] {
    const { context, trouble } = this;
    const { terminal, agent } = context;
    const { dim, red } = colorsOf(terminal);
    const now = nowMs(context);
    const head = trouble ?? `${agent} at ${localTime(now, now)}, Ctrl-C ends this`;
    return [(trouble === undefined ? dim : red)(shortened(head, terminal.columns ?? Infinity)), '', ...this.page(now)];
  }

  private page(now: Millis): readonly string[] {
    const { state, name, since, context } = this;
    const { terminal } = context;
    if (state === undefined) return [];
    if (name === undefined) return servicesPage(state, false, terminal);
    const found = instancesOf(state).filter((each) => each.Name === name && !isGone(each));
    if (found.length === 0) return wrapped(nothingToShow(name, state), terminal);
    return instancesPage(found, { name, since, nowMs: now }, terminal);
  }
}
