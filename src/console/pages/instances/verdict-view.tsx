import type { InstanceExplanation, Verdict } from '../../data/explanation.js';
import { ended } from '../../words/sentence.js';
import { adviceText, headlineOf } from './walk.js';

/** Whether it is routed, why not, and what to do. */
export function VerdictView({
  verdict,
  explanation,
  service,
  id,
}: {
  readonly verdict: Verdict;
  readonly explanation: InstanceExplanation | undefined;
  readonly service: string;
  readonly id: string;
}) {
  const { tone, text } = headlineOf(verdict, explanation);
  const { sentence, code } = verdict;
  const advice = code === 'ROUTED' ? '' : adviceText(verdict, service, id);
  return (
    <div class={`verdict verdict-${tone}`}>
      <p class="verdict-headline" role="status">
        <b>{text}</b> <code class="soft">{code}</code>
      </p>
      <p>{ended(sentence)}</p>
      {advice === '' ? null : (
        <p class="verdict-advice">
          <b>What to do:</b> {ended(advice)}
        </p>
      )}
    </div>
  );
}
