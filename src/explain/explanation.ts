import { CODES, type Code } from './codes.js';
import { STEPS, type Step } from './step.js';

/** What it comes to: a code for programs, a sentence for people, and what they can do. */
export interface Verdict {
  readonly code: Code;
  readonly sentence: string;
  readonly advice: string;
}

/** Whether the host of an instance was asked for its part of the way. */
export interface Asked {
  /** `self`: it is the host that answers. `not-asked`: there was no way to, or too many had to be. */
  readonly state: 'self' | 'answered' | 'unanswered' | 'not-asked';
  readonly text: string;
}

/** One instance on its way. */
export interface InstanceExplanation {
  readonly host: string;
  readonly id: string;
  readonly verdict: Verdict;
  readonly asked: Asked;
  /** In the order of the way, up to the one where it ends. */
  readonly steps: readonly Step[];
}

/** Why a service is routed, or is not, as one host sees it. */
export interface Explanation {
  readonly service: string;
  /** The id or host that was asked for; null: all of the service. */
  readonly which: string | null;
  /** Who explains. */
  readonly host: string;
  readonly verdict: Verdict;
  readonly instances: readonly InstanceExplanation[];
  /** Instances that are left out of this list: ended ones beside others, and those past its bound. */
  readonly omitted: number;
}

export const verdictOf = (code: Code, sentence: string): Verdict => ({ code, sentence, advice: CODES[code].advice });

/** What is stopped by these may still be served: the rest of the way tells. */
const MAY_GO_ON: ReadonlySet<Code> = new Set<Code>([
  'DRAINED',
  'CONTAINER_STOPPING',
  'CUT_OFF',
  'RESTORED_NOT_REFRESHED',
  'STALE_HELD',
  'WEIGHT_ZERO',
]);

/** Where the way ends. A record that is refused leaves the version from before, if there was one. */
const isEnd = ({ step, code }: Step): boolean => code !== undefined && step !== 'accepted' && !MAY_GO_ON.has(code);

/** What an instance comes to: the first step that does not go on decides. @param ending the code of one that goes all the way */
export function instanceOf(
  service: string,
  { host, id }: { readonly host: string; readonly id: string },
  asked: Asked,
  steps: readonly Step[],
  ending: 'ROUTED' | 'ANNOUNCED' = 'ROUTED',
): InstanceExplanation {
  const stop = steps.find(({ code }) => code !== undefined);
  const end = steps.findIndex(isEnd);
  const verdict =
    stop?.code === undefined
      ? verdictOf(
          ending,
          `${service} on ${host} is ${ending.toLowerCase()}: ${steps.at(-1)?.text ?? 'nothing stops it'}`,
        )
      : verdictOf(stop.code, `${service} on ${host}: ${stop.text}`);
  return { host, id, verdict, asked, steps: end === -1 ? steps : steps.slice(0, end + 1) };
}

/** What a service comes to: routed if one instance is, else what the instance says that came furthest. */
export function serviceVerdict(service: string, instances: readonly InstanceExplanation[]): Verdict | undefined {
  const routed = instances.filter(isGood);
  const [only, second] = instances;
  const [first] = routed;
  if (only && !second) return only.verdict;
  if (first) {
    const verb = `${routed.length === 1 ? 'is' : 'are'} ${first.verdict.code.toLowerCase()}`;
    const sentence = `${routed.length} of ${instances.length} instances of ${service} ${verb}`;
    const others = instances
      .filter((instance) => !isGood(instance))
      .map(({ host, verdict }) => `${verdict.code} on ${host}`);
    const different = [...new Set(others)];
    const more = different.length > MAX_NAMED ? ` and ${different.length - MAX_NAMED} more` : '';
    const named = `${different.slice(0, MAX_NAMED).join(', ')}${more}`;
    return verdictOf(first.verdict.code, named === '' ? sentence : `${sentence}; ${named}`);
  }
  const furthest = instances.reduce<InstanceExplanation | undefined>(
    (best, one) => (best && reachOf(best) >= reachOf(one) ? best : one),
    undefined,
  );
  return (
    furthest &&
    verdictOf(furthest.verdict.code, `none of ${instances.length} instances is routed; ${furthest.verdict.sentence}`)
  );
}

const MAX_NAMED = 5;

const isGood = ({ verdict }: InstanceExplanation): boolean => verdict.code === 'ROUTED' || verdict.code === 'ANNOUNCED';

const reachOf = ({ steps }: InstanceExplanation): number =>
  STEPS.findIndex((name) => name === steps.find(({ code }) => code !== undefined)?.step);
