import { fieldsOf, objectsOf, textOf, wordOf, type Fields } from './fields.js';

/** The way of an instance into HAProxy, in its order (docs/explain.md). */
export const STEPS = [
  ...['discovered', 'named', 'ports', 'checked', 'announced'],
  ...['member', 'received', 'accepted', 'stored'],
  ...['rendered', 'haproxy'],
] as const;

const STEP_STATES = ['done', 'waiting', 'stopped', 'unknown'] as const;
export type StepState = (typeof STEP_STATES)[number];

export interface Step {
  /** One of `STEPS`, or what a newer agent has. */
  readonly step: string;
  readonly state: StepState;
  readonly text: string;
  readonly facts: Fields;
  /** Why it does not go on from here. */
  readonly code: string | undefined;
}

export interface Verdict {
  readonly code: string;
  readonly sentence: string;
  readonly advice: string;
}

export interface InstanceExplanation {
  readonly host: string;
  readonly id: string;
  readonly verdict: Verdict;
  /** Whether its host was asked for its part of the way: self, answered, unanswered, not-asked; and a sentence. */
  readonly asked: { readonly state: string; readonly text: string };
  /** Up to the one where the way ends. */
  readonly steps: readonly Step[];
}

/** What its check showed last, as its host tells; undefined where it tells nothing, or the check passed. */
export function checkOutputOf({ steps }: InstanceExplanation): string | undefined {
  const checked = steps.find(({ step }) => step === 'checked');
  return checked?.state === 'done' ? undefined : wordOf(checked?.facts['output']);
}

/** `/api/explain`. */
export interface Explanation {
  /** Who explains. */
  readonly host: string;
  readonly verdict: Verdict;
  readonly instances: readonly InstanceExplanation[];
}

/** @returns undefined for what is no explanation */
export function readExplanation(body: unknown): Explanation | undefined {
  const fields = fieldsOf(body);
  if (!Array.isArray(fields['instances'])) return undefined;
  return {
    host: textOf(fields['host']),
    verdict: readVerdict(fields['verdict']),
    instances: objectsOf(fields['instances']).map((instance) => {
      const asked = fieldsOf(instance['asked']);
      return {
        host: textOf(instance['host']),
        id: textOf(instance['id']),
        verdict: readVerdict(instance['verdict']),
        asked: { state: textOf(asked['state']), text: textOf(asked['text']) },
        steps: objectsOf(instance['steps']).map(readStep),
      };
    }),
  };
}

function readVerdict(value: unknown): Verdict {
  const { code, sentence, advice } = fieldsOf(value);
  return { code: textOf(code), sentence: textOf(sentence), advice: textOf(advice) };
}

const readStep = ({ step, state, text, facts, code }: Fields): Step => ({
  step: textOf(step),
  state: STEP_STATES.find((each) => each === state) ?? 'unknown',
  text: textOf(text),
  facts: fieldsOf(facts),
  code: wordOf(code),
});
