import { frame, HIDE_SHELL, SHOW_SHELL } from '../cli/screen.js';
import type { Terminal } from '../cli/terminal.js';
import type { Component } from '../lib/lifecycle.js';
import type { Clock, Millis } from '../lib/ports.js';
import { sleep } from '../lib/sleep.js';
import { newsOf } from './news.js';
import { pageOf, type Overview } from './page.js';

const LOOK_EVERY_MS: Millis = 400;
/** A moment between two states, a service whose port is being taken say, is told only when it lasts. */
const SETTLES_WITHIN_MS: Millis = 2_000;

/** Tells what there is: on a terminal one page that is kept up to date, else a line for each change. */
export class Display implements Component {
  readonly name = 'display';
  private told: Overview | undefined;
  private drawn = '';

  constructor(
    private readonly deps: {
      readonly look: () => Overview;
      /** What stdout is at this moment. */
      readonly terminal: () => Terminal;
      readonly write: (text: string) => void;
      readonly clock: Clock;
    },
  ) {}

  async run(signal: AbortSignal, ready: () => void): Promise<void> {
    const { clock, look, terminal, write } = this.deps;
    const isPage = terminal().rows !== undefined;
    if (isPage) write(HIDE_SHELL);
    ready();
    let settled = clock.now();
    while (!signal.aborted) {
      const overview = look();
      if (overview.isSettled) settled = clock.now();
      const isMoment = clock.now() - settled < SETTLES_WITHIN_MS;
      if (isPage)
        this.draw(isMoment && !overview.isSettled ? { ...(this.told ?? overview), found: overview.found } : overview);
      else if (overview.isSettled || !isMoment) this.tell(overview);
      await sleep(clock, LOOK_EVERY_MS, signal);
    }
    if (isPage) write(SHOW_SHELL);
  }

  private draw(overview: Overview): void {
    const { terminal, write } = this.deps;
    this.told = overview;
    const window = terminal();
    const drawn = JSON.stringify([overview, window]); // far less work than the page
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    write(frame(pageOf(overview, window), window));
  }

  private tell(overview: Overview): void {
    const news = newsOf(this.told, overview);
    this.told = overview;
    if (news.length > 0) this.deps.write(`${news.join('\n')}\n`);
  }
}
