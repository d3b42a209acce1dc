import { ExitCode, type CliCommand } from '../command.js';
import { eventLines } from '../event.js';
import { followEvents } from '../event-stream.js';
import { LiveView } from '../live-view.js';
import { nowMs } from '../now.js';

/** `sidecar watch [NAME]`: the table of `sidecar ls`, kept up to date until it is ended; for a file or program one line per change. */
export const watch: CliCommand = {
  name: 'watch',
  summary: 'the table of ls, kept up to date',
  group: 'Look',
  examples: [
    ['watch', 'every service, until Ctrl-C'],
    ['watch web', 'the instances of web'],
    ['watch web --json', 'for programs: each change as an object on its line'],
  ],
  configure: (line) => void line.argument('[NAME]', 'only this service, with its instances'),
  run: async (context, [name]) => {
    const stop = context.untilStopped();
    const changes = followEvents(context, { service: name, kind: 'service' }, stop);
    if (!context.json && context.terminal.rows !== undefined) {
      await new LiveView(name, context).run(changes, stop);
      return ExitCode.Fine;
    }
    for await (const { event, json } of changes) {
      if (context.json) context.print(`${json}\n`);
      else if (event.kind !== 'connected')
        context.print(`${eventLines(event, context.terminal, nowMs(context)).join('\n')}\n`);
    }
    return ExitCode.Fine;
  },
};
