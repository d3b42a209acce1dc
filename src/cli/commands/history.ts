import { AskError } from '../ask.js';
import { ExitCode, type CliCommand, type CommandContext } from '../command.js';
import { eventLines } from '../event.js';
import { filterOptions, filtersOf, momentFor, textOf, wordsOf } from '../filters.js';
import { askHistory, type HistoryAnswer } from '../history-answer.js';
import { timeFor } from '../local-time.js';
import { nowMs } from '../now.js';
import { refused } from '../tell.js';
import { colorsOf } from '../terminal.js';
import { wrapped } from '../wrap.js';

/** As many as the agent gives at once. */
const MAX_LIMIT = 10_000;
const USUAL_LIMIT = '200';

/** `sidecar history`: what happened, as this agent saw it? */
export const history: CliCommand = {
  name: 'history',
  summary: 'what happened, as this agent saw it?',
  group: 'Understand',
  examples: [
    ['history --since 1h', 'everything of the last hour'],
    ['history --service web --since 14:00 --until 14:10', 'of web, by the clock on the wall'],
    ['history --kind proxy,problem --host node2', 'HAProxy and problems of node2'],
    ['history --limit 1000 --json', 'for programs: one object on each line'],
  ],
  configure: (line) =>
    void filterOptions(line)
      .option('--since <TIME>', 'not before: 14:02, 1h for an hour ago, or 2026-11-23T14:02:00Z')
      .option('--until <TIME>', 'not after')
      .option('--limit <COUNT>', `the newest so many, at most ${MAX_LIMIT}`, USUAL_LIMIT),
  run: async (context, _args, options) => {
    const now = nowMs(context);
    const [since, until] = [textOf(options['since']), textOf(options['until'])];
    const filters = filtersOf(options);
    const answer = await askHistory(context, {
      ...filters,
      since: since === undefined ? undefined : momentFor('--since', since, now).text,
      until: until === undefined ? undefined : momentFor('--until', until, now).text,
      limit: limitOf(textOf(options['limit']) ?? USUAL_LIMIT),
    });
    const span = since === undefined && until === undefined ? '' : ' in that time';
    if ('events' in answer) print(context, answer, `${wordsOf(filters)}${span}`, now);
    else return refused(context, answer);
    return ExitCode.Fine;
  },
};

/** @throws AskError */
function limitOf(word: string): string {
  if (/^[1-9]\d*$/.test(word) && Number(word) <= MAX_LIMIT) return word;
  throw new AskError({ code: 'NOT_UNDERSTOOD', what: '--limit', reason: `say a number from 1 to ${MAX_LIMIT}` });
}

function print(context: CommandContext, answer: HistoryAnswer, what: string, now: number): void {
  const { json, terminal } = context;
  const { events, oldest, isTruncated } = answer;
  if (json) {
    for (const event of events) context.print(`${JSON.stringify(event)}\n`);
    return;
  }
  const { dim } = colorsOf(terminal);
  const remark = (text: string): string => wrapped(text, terminal).map(dim).join('\n');
  if (events.length === 0) {
    const reach = oldest === null ? 'it is empty' : `it reaches back to ${timeFor(oldest, terminal, now)}`;
    context.print(
      `${remark(`the journal of ${context.agent} has no event${what}: ${reach}. --since says from when on, sidecar events shows what comes`)}\n`,
    );
    return;
  }
  if (isTruncated && terminal.columns !== undefined)
    context.print(`${remark(`the last ${events.length}${what}; --limit gives more, --since less`)}\n`);
  for (const event of events) context.print(`${eventLines(event, terminal, now).join('\n')}\n`);
}
