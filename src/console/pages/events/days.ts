import type { AgentEvent } from '../../data/event.js';

export interface Day {
  /** `Today`, `Yesterday`, or the day with its name, where the reader is. */
  readonly label: string;
  readonly events: readonly AgentEvent[];
}

/** @param events the newest first, as they stay within each day */
export function daysOf(events: readonly AgentEvent[], now: number): readonly Day[] {
  const days: { readonly label: string; readonly events: AgentEvent[] }[] = [];
  for (const event of events) {
    const label = dayText(event.time, now);
    const day = days.at(-1);
    if (day?.label === label) day.events.push(event);
    else days.push({ label, events: [event] });
  }
  return days;
}

function dayText(time: number, now: number): string {
  const [date, today] = [new Date(time), new Date(now)];
  // By the calendar: where clocks change, a day has 23 or 25 hours.
  const yesterday = new Date(today.getFullYear(), today.getMonth(), today.getDate() - 1);
  const day = date.toDateString();
  if (day === today.toDateString()) return 'Today';
  if (day === yesterday.toDateString()) return 'Yesterday';
  const named = (part: 'weekday' | 'month'): string => date.toLocaleDateString('en', { [part]: 'long' });
  return `${named('weekday')}, ${date.getDate()} ${named('month')}`;
}
