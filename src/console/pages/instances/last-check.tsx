import { CodeBlock } from '../../components/code-block.js';
import { TimeAgo } from '../../components/time-ago.js';
import type { KnownInstance } from '../../data/catalog.js';
import { isIll } from '../../data/check-outputs.js';
import { checkOutputOf, type InstanceExplanation } from '../../data/explanation.js';
import { outputOf } from '../services/rows.js';

/** What its check showed last, whole; nothing where it is well. */
export function LastCheck({
  instance,
  explanation,
}: {
  readonly instance: KnownInstance;
  readonly explanation: InstanceExplanation | undefined;
}) {
  const seen = explanation && checkOutputOf(explanation);
  const output = seen ?? (isIll(instance) ? outputOf(instance) : undefined);
  // One line stands in the verdict already.
  if (output === undefined || explanation?.verdict.sentence.includes(output)) return null;
  return (
    <section aria-labelledby="check">
      <h2 id="check">
        Last output of its check
        {instance.check && seen === undefined ? (
          <small class="soft">
            {instance.check.what}, <TimeAgo at={instance.check.time} /> ago
          </small>
        ) : null}
      </h2>
      <CodeBlock text={output} label="Output of the check" />
    </section>
  );
}
