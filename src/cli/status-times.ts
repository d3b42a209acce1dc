import { AskError } from './ask.js';
import type { CommandContext } from './command.js';
import type { ListedEvent } from './event.js';
import { askHistory } from './history-answer.js';
import type { StatusTimes } from './instances-table.js';

/** As many as tell of a service of the largest clusters. */
const LIMIT = '1000';

/**
 * Since when the instances of a service have had their status, as far as the agent's journal reaches. An agent without a journal
 * knows of none.
 */
export async function statusTimes(context: CommandContext, service: string): Promise<StatusTimes> {
  try {
    const answer = await askHistory(context, { service, kind: 'service', limit: LIMIT });
    return 'events' in answer ? timesIn(answer.events) : new Map();
  } catch (error) {
    if (error instanceof AskError && error.fault.code === 'NOT_AN_AGENT') return new Map();
    throw error;
  }
}

function timesIn(events: readonly ListedEvent[]): StatusTimes {
  const times = new Map<string, number>();
  for (const event of events) {
    const { what, time, host, instance } = event;
    if (what === 'added' || what === 'status') times.set(`${host ?? ''}/${instance ?? ''}`, Date.parse(time));
  }
  return times;
}
