import type { AgentEvent } from '../../data/event.js';

export interface Day {
  /** `Today`, `Yesterday`, or the day with its name, where the reader is. */
  readonly label: string;
  readonly events: readonly AgentEvent[];
}

const DAY_MS = 86_400_000;

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
  const same = (a: number, b: number): boolean => new Date(a).toDateString() === new Date(b).toDateString();
  if (same(time, now)) return 'Today';
  if (same(time, now - DAY_MS)) return 'Yesterday';
  const date = new Date(time);
  const named = (part: 'weekday' | 'month'): string => date.toLocaleDateString('en', { [part]: 'long' });
  return `${named('weekday')}, ${date.getDate()} ${named('month')}`;
}
