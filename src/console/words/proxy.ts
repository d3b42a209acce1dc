import { numberText } from './service.js';

/** Per second, with as many digits as matter: `0`, `0.4`, `12`, `1,240`; what is hardly more than nothing is `<0.1`. */
export function rateText(perSecond: number): string {
  if (perSecond <= 0) return '0';
  if (perSecond < 0.1) return '<0.1';
  return perSecond < 9.95 ? String(Number(perSecond.toFixed(1))) : numberText(Math.round(perSecond));
}

/** How HAProxy sees a server. */
export interface ServerWord {
  readonly word: string;
  /** Which of the statuses of instances it looks like. */
  readonly tone: 'alive' | 'unhealthy' | 'draining' | 'unknown';
}

/** @param status HAProxy's word, `UP 1/3` while it goes down, `DOWN 1/2` while it comes up */
export function serverWord(status: string, weight: number): ServerWord {
  const [first = '', progress] = status.split(' ');
  if (status === 'no check' || first === 'UP') {
    if (weight === 0) return { word: 'Drains', tone: 'draining' };
    return first === 'UP' && progress ? { word: 'Failing', tone: 'unhealthy' } : { word: 'Up', tone: 'alive' };
  }
  if (first === 'DOWN') return { word: progress?.includes('/') ? 'Rising' : 'Down', tone: 'unhealthy' };
  if (first === 'DRAIN' || first === 'NOLB') return { word: 'Drains', tone: 'draining' };
  if (first === 'MAINT') return { word: 'Off', tone: 'unknown' };
  return { word: status === '' ? 'Unknown' : status, tone: 'unknown' };
}

const CAUSES: Readonly<Record<string, string>> = {
  'section-added': 'a frontend was added',
  'section-removed': 'a frontend was removed',
  'section-changed': 'a frontend or backend changed',
  'sections-reordered': 'sections are in another order',
  'server-changed': 'a server changed in what commands cannot change',
  hostname: 'a host name has another address',
  'runtime-api-off': 'servers changed, without the Runtime API',
  'runtime-api-refused': 'HAProxy refused a command',
  'runtime-api-silent': 'HAProxy did not answer a command',
  'unknown-state': 'what HAProxy ran was not known',
  'not-running': 'HAProxy did not run',
  forced: 'somebody asked for it',
};

/** Why HAProxy was reloaded; a cause of a newer agent is its own word. */
export const causeText = (cause: string): string => CAUSES[cause] ?? cause;

const OPERATIONS: Readonly<Record<string, string>> = {
  add: 'added',
  remove: 'taken out of use',
  drain: 'drained',
  weight: 'given another weight',
  address: 'given another address',
  ready: 'taken into use',
  maint: 'switched off',
  health: 'given another health',
  delete: 'deleted',
  shutdown: 'cut off from their sessions',
};

/** What was done to servers while HAProxy ran. */
export const operationText = (operation: string): string => OPERATIONS[operation] ?? operation;

const HOWS: Readonly<Record<string, string>> = {
  runtime: 'while HAProxy ran',
  reload: 'with a reload',
  started: 'with a start of HAProxy',
  found: 'found when the agent started',
  nothing: 'without a change for HAProxy',
};

export const howText = (how: string): string => HOWS[how] ?? how;
