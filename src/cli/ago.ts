import type { Millis } from '../lib/ports.js';
import { UNITS } from './short-duration.js';

/** How long ago something was, as people say it: `just now`, `12s ago`, `3m ago`. What another clock puts into the future is just now. */
export function ago(ms: Millis): string {
  const [unit, length] = UNITS.find(([, atLeast]) => ms >= atLeast) ?? [];
  return unit === undefined ? 'just now' : `${Math.floor(ms / length)}${unit} ago`;
}
