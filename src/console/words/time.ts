const STEPS = [
  { upTo: 60_000, unitMs: 1_000, unit: 's' },
  { upTo: 3_600_000, unitMs: 60_000, unit: 'min' },
  { upTo: 86_400_000 * 2, unitMs: 3_600_000, unit: 'h' },
  { upTo: Infinity, unitMs: 86_400_000, unit: 'd' },
];

/** How long something lasts, in one unit: `12 s`, `4 min`, `3 h`, `5 d`; what is negative by two clocks is `0 s`. */
export function durationText(ms: number): string {
  const positive = Math.max(0, ms);
  const { unitMs, unit } = STEPS.find(({ upTo }) => positive < upTo) ?? { unitMs: 1_000, unit: 's' };
  return `${Math.floor(positive / unitMs)} ${unit}`;
}

/** What is mostly short, with as many digits as matter: `0.6 ms`, `12 ms`, `1.4 s`, `4 min`. */
export function delayText(ms: number): string {
  const positive = Math.max(0, ms);
  if (positive < 999.5) return `${positive.toFixed(positive < 9.95 ? 1 : 0)} ms`;
  return positive < 9_950 ? `${(positive / 1_000).toFixed(1)} s` : durationText(Math.max(10_000, positive));
}

const two = (value: number): string => String(value).padStart(2, '0');

/** `14:03:12`, where the reader is. */
export function clockText(time: number): string {
  const date = new Date(time);
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':');
}

/** `2026-11-23 14:03:12.472`, where the reader is. */
export function exactText(time: number): string {
  const date = new Date(time);
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-');
  return `${day} ${clockText(time)}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

/** The clock for what is of the last twelve hours, else the day as well. */
export const momentText = (time: number, now: number): string =>
  Math.abs(now - time) < 43_200_000 ? clockText(time) : exactText(time).slice(0, 16);
