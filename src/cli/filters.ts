import type { Command as CommandLine } from 'commander';
import { nearest } from '../lib/nearest.js';
import type { Millis } from '../lib/ports.js';
import { printable } from '../lib/printable.js';
import { AskError } from './ask.js';
import { EVENT_KINDS } from './event.js';
import type { Filters } from './history-answer.js';
import { momentOf, type Moment } from './time-words.js';

/** Adds the options that say which events matter. */
export const filterOptions = (line: CommandLine): CommandLine =>
  line
    .option('--service <NAME>', 'only of this service')
    .option('--host <HOST>', 'only of this host')
    .option('--kind <KIND,KIND>', `only of these kinds: ${EVENT_KINDS.join(', ')}`);

/** Reads them. @throws AskError when there is no such kind */
export function filtersOf(options: Readonly<Record<string, unknown>>): Filters {
  const kind = textOf(options['kind']);
  for (const word of kind?.split(',') ?? []) {
    if (EVENT_KINDS.some((known) => known === word)) continue;
    const near = nearest(word, EVENT_KINDS);
    const advice = near === undefined ? `say one or more of ${EVENT_KINDS.join(',')}` : `did you mean ${near}?`;
    throw new AskError({
      code: 'NOT_UNDERSTOOD',
      what: '--kind',
      reason: `no event is of kind ${printable(word)}: ${advice}`,
    });
  }
  return { service: textOf(options['service']), host: textOf(options['host']), kind };
}

/** What of the events was asked for, for a sentence: ` of web on node2`. */
export function wordsOf({ service, host, kind }: Filters): string {
  const of = service === undefined ? '' : ` of ${service}`;
  const on = host === undefined ? '' : ` on ${host}`;
  return `${of}${on}${kind === undefined ? '' : ` of kind ${kind.replaceAll(',', ' or ')}`}`;
}

/** Reads a time that was given for `what`. @throws AskError with a sentence of its own */
export function momentFor(what: string, word: string, nowMs: Millis): Moment {
  const moment = momentOf(word, nowMs);
  if (moment.ok) return moment.value;
  throw new AskError({ code: 'NOT_UNDERSTOOD', what, reason: moment.fault });
}

export const textOf = (option: unknown): string | undefined => (typeof option === 'string' ? option : undefined);
