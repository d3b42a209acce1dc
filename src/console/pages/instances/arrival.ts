import type { InstanceExplanation } from '../../data/explanation.js';
import { numberOf, wordOf } from '../../data/fields.js';
import { delayText } from '../../words/time.js';

/** How its last announcement came to the host that explains. @returns undefined where nobody remembers */
export function arrivalText({ host, steps, asked }: InstanceExplanation): string | undefined {
  if (asked.state === 'self') return 'by this host itself';
  const facts = steps.find(({ step }) => step === 'received')?.facts;
  const way = wordOf(facts?.['way']);
  if (!facts || way === undefined) return undefined;
  const from = wordOf(facts['from']);
  const lateMs = numberOf(facts['lateMs']);
  return [
    way === 'message' ? 'message' : 'full exchange',
    from === undefined ? '' : ` from ${from === host ? 'its host' : from}`,
    lateMs === undefined ? '' : `, after ${delayText(lateMs)}`,
  ].join('');
}
