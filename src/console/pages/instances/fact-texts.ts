import { instantOf, type Fields } from '../../data/fields.js';
import { delayText, exactText, momentText } from '../../words/time.js';

/** One fact as people read it. */
export interface FactText {
  readonly label: string;
  readonly text: string;
  /** The exact time of a moment. */
  readonly title: string | undefined;
}

/** Where the words of the key do not say it. */
const LABELS: Readonly<Record<string, string>> = {
  at: 'when',
  id: 'ID',
  isRestored: 'known from before the start',
  lateMs: 'time on the way',
  skewMs: 'its clock is ahead by',
  way: 'how',
  ours: 'our cluster',
  theirs: 'their cluster',
  intervalMs: 'checked every',
  timeoutMs: 'may take',
  endedAgoMs: 'last run ended, ago',
  lastHeardAgoMs: 'last heard, ago',
  runningMs: 'runs for',
};

/** @param now by the agent's clock */
export function factTexts(facts: Fields, now: number): readonly FactText[] {
  return Object.entries(facts).flatMap(([key, value]) => {
    const time = instantOf(value);
    const text = time === undefined ? textOf(value, key) : momentText(time, now);
    if (text === '') return [];
    return [{ label: LABELS[key] ?? labelOf(key), text, title: time === undefined ? undefined : exactText(time) }];
  });
}

/** Empty for what says nothing. */
function textOf(value: unknown, key: string): string {
  if (typeof value === 'number') return key.endsWith('Ms') ? signed(value) : String(value);
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value)) return value.map(String).join('\n');
  return typeof value === 'string' ? value : '';
}

const signed = (ms: number): string => (ms < 0 ? `−${delayText(-ms)}` : delayText(ms));

/** `servicePorts` is "service ports". */
const labelOf = (key: string): string =>
  key
    .replace(/Ms$/, '')
    .replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
    .trim();
