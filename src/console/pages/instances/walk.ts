import { STEPS, type InstanceExplanation, type Step, type StepState, type Verdict } from '../../data/explanation.js';
import { factTexts, type FactText } from './fact-texts.js';

/** One step as it is drawn. `held`: it is stopped because somebody drains it; `ahead`: the way ends before it. */
export interface Stop {
  readonly name: string;
  readonly title: string;
  readonly state: StepState | 'held' | 'ahead';
  readonly text: string;
  readonly facts: readonly FactText[];
  /** The first that does not go on, which the verdict is about. */
  readonly isDecisive: boolean;
}

/** A stretch of the way that one program goes. */
export interface Lane {
  readonly title: string;
  readonly stops: readonly Stop[];
}

const TITLES: Readonly<Record<string, string>> = {
  discovered: 'Discovered',
  named: 'Named',
  ports: 'Ports mapped',
  checked: 'Checked',
  announced: 'Announced',
  member: 'Host is a member',
  received: 'Received',
  accepted: 'Accepted',
  stored: 'In the catalog',
  rendered: 'In the configuration',
  haproxy: 'In HAProxy',
};

/**
 * The way of an instance as three stretches, with the steps that were not gone.
 *
 * @param asker the host that explains
 * @param now by the agent's clock
 */
export function lanesOf({ host, steps }: InstanceExplanation, asker: string, now: number): readonly Lane[] {
  const decisive = steps.find(({ code }) => code !== undefined);
  const last = STEPS.findLastIndex((name) => steps.some(({ step }) => step === name));
  const stopOf = (name: string, i: number): Stop => {
    const step = steps.find((each) => each.step === name) ?? missing(name, i < last);
    const { text, facts } = step;
    const [title, state] = [TITLES[name] ?? name, stateOf(step, decisive?.code)];
    return { name, title, state, text, facts: factTexts(facts, now), isDecisive: step === decisive };
  };
  const unheardOf = steps.map(({ step }) => step).filter((name) => !(name in TITLES));
  const stops = [...STEPS, ...unheardOf].map(stopOf);
  return [
    { title: `On ${host}`, stops: stops.slice(0, 5) },
    { title: `To the catalog of ${asker}`, stops: stops.slice(5, 9) },
    { title: `To HAProxy on ${asker}`, stops: stops.slice(9) },
  ];
}

const NO_HAPROXY = 'PROXY_DISABLED';
const DRAINS = new Set(['DRAINED', 'CONTAINER_STOPPING']);
/** What follows from a drain, further on. */
const OF_DRAINS = new Set([...DRAINS, 'WEIGHT_ZERO', 'SERVER_DRAINS']);

function stateOf({ code = '', state }: AnyStep, decisive = ''): Stop['state'] {
  if (DRAINS.has(decisive) && OF_DRAINS.has(code)) return 'held';
  return code === NO_HAPROXY ? 'unknown' : state; // nothing is wrong with the instance
}

/** A step, or what stands for one. */
type AnyStep = Omit<Step, 'state'> & { readonly state: Stop['state'] };

const missing = (step: string, isPassed: boolean): AnyStep => ({
  ...{ step, facts: {}, code: undefined },
  state: isPassed ? 'unknown' : 'ahead',
  text: '',
});

export const STOP_WORDS: Readonly<Record<Stop['state'], string>> = {
  done: 'done',
  waiting: 'waiting',
  stopped: 'stopped',
  held: 'drained',
  unknown: 'not known',
  ahead: 'not reached',
};

export interface Headline {
  readonly tone: 'good' | 'warn' | 'bad' | 'plain';
  readonly text: string;
}

/** Somebody wants it so. */
const MEANT = new Set(['ENDED', 'HOST_LEFT', 'DRAIN_ENDING', 'WEIGHT_ZERO']);

/** What it comes to in a word or two. @param explanation undefined: there is no such instance to walk with */
export function headlineOf(verdict: Verdict, explanation?: InstanceExplanation): Headline {
  const { code } = verdict;
  if (code === 'ROUTED') return { tone: 'good', text: 'Routed' };
  if (code === NO_HAPROXY) return { tone: 'plain', text: 'There is no HAProxy here' };
  if (DRAINS.has(code)) return { tone: 'warn', text: 'Drained: nothing new comes' };
  if (!explanation) return { tone: 'plain', text: 'Not known' };
  const { steps } = explanation;
  const isServed = steps.at(-1)?.step === 'haproxy' && steps.at(-1)?.state === 'done';
  const isWaiting = steps.find((step) => step.code !== undefined)?.state === 'waiting';
  if (MEANT.has(code)) return { tone: code === 'ENDED' ? 'plain' : 'warn', text: 'Not routed' };
  if (isServed) return { tone: 'warn', text: 'Served, with a reservation' };
  return isWaiting ? { tone: 'warn', text: 'Not routed yet' } : { tone: 'bad', text: 'Not routed' };
}

/** Whether its drain can be ended: it is drained, also where its check fails and so its status is another one. */
export const isDrained = ({ steps }: InstanceExplanation): boolean =>
  steps.some(({ step, facts }) => step === 'announced' && typeof facts['drainedSince'] === 'string');

/** What to do, with the names that are meant. */
export const adviceText = ({ advice }: Verdict, service: string, id: string): string =>
  advice.replace(/\bNAME\b/g, () => service).replace(/\bID\b/g, () => id);
