import { ExitCode, type CliCommand, type CommandContext } from '../command.js';
import { eventLines } from '../event.js';
import { followEvents } from '../event-stream.js';
import { filterOptions, filtersOf, wordsOf } from '../filters.js';
import { nowMs } from '../now.js';
import { colorsOf } from '../terminal.js';
import { wrapped } from '../wrap.js';

/** `sidecar events`: what happens, as it happens; until it is ended. */
export const events: CliCommand = {
  name: 'events',
  summary: 'what happens, as it happens',
  group: 'Understand',
  examples: [
    ['events', 'everything, until Ctrl-C'],
    ['events --service web', 'only what happens to web'],
    ['events --kind check,proxy', 'checks, and changes of HAProxy'],
    ['events --json', 'for programs: one object on each line'],
  ],
  configure: (line) => void filterOptions(line),
  run: async (context, _args, options) => {
    const filters = filtersOf(options);
    let isFirst = true;
    for await (const { event, json } of followEvents(context, filters, context.untilStopped())) {
      if (context.json) context.print(`${json}\n`);
      else if (isFirst && event.kind === 'connected') greet(context, wordsOf(filters));
      else context.print(`${eventLines(event, context.terminal, nowMs(context)).join('\n')}\n`);
      isFirst = false;
    }
    return ExitCode.Fine;
  },
};

/** Whoever looks at a screen on which nothing happens should know that this is no fault. */
function greet({ agent, print, terminal }: CommandContext, what: string): void {
  if (terminal.columns === undefined) return;
  const { dim } = colorsOf(terminal);
  const text = `events${what} as ${agent} sees them from now on; Ctrl-C ends this`;
  print(`${wrapped(text, terminal).map(dim).join('\n')}\n`);
}
