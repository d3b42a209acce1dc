import type { Answer } from './api.js';
import type { KnownInstance } from './catalog.js';
import { checkOutputOf, type Explanation } from './explanation.js';
import { keyOf } from './instance.js';
import type { Clock } from './ports.js';

/** What checks showed last, by `keyOf` host and id. */
export type CheckOutputs = ReadonlyMap<string, string>;

export const NO_OUTPUTS: CheckOutputs = new Map();

/** Asked at once: the agent gives few such answers at a time, and a browser has few connections. */
const AT_ONCE = 3;
/** Who scrolls past asks nothing. */
const SETTLE_MS = 300;
const LEAST_MS = 2_000;
const EVERY_MS = 15_000;
/** After failures the pause doubles up to this many times the usual one. */
const MOST_PAUSES = 8;
/** An agent that explains nothing may be another version then. */
const ABSENT_MS = 300_000;
/** Far more than there is room for on a screen. */
const MOST_KEPT = 200;

/** What is asked for together: instances of a service on one host, which our agent asks. */
interface Question {
  readonly service: string;
  readonly host: string;
  /** Another text after an event of one of them. */
  cause: string;
  /** The cause that the last answer is for. */
  askedCause: string | undefined;
  /** When it came into sight, or the last question began, or the next may begin. */
  seenAt: number;
  askedAt: number;
  againAt: number;
  failures: number;
  isAsked: boolean;
  outputs: CheckOutputs;
}

/** Its check fails, or has told nothing yet. */
export const isIll = ({ status }: Pick<KnownInstance, 'status'>): boolean =>
  status === 'Unhealthy' || status === 'Unknown';

/**
 * The outputs of checks of instances on other hosts, which gossip does not carry: asked for while their rows are in sight and they are
 * ill, again after an event of theirs, and now and then.
 */
export class OutputAsker {
  /** Those not seen for longest come first. */
  private readonly questions = new Map<string, Question>();
  private inSight: readonly Question[] = [];
  private outputs = NO_OUTPUTS;
  private absentUntil = -Infinity;
  private isRunning = false;
  private cancel: (() => void) | undefined;

  constructor(
    private readonly explain: (service: string, host: string) => Promise<Answer<Explanation>>,
    private readonly deps: { readonly clock: Clock; readonly show: (outputs: CheckOutputs) => void },
  ) {}

  /** Somebody looks. */
  start(): void {
    this.isRunning = true;
    this.pump();
  }

  /** Nobody does any more. */
  stop(): void {
    this.isRunning = false;
    this.disarm();
  }

  /**
   * @param instances those whose rows are in sight
   * @param self the host of the agent, which tells of its own checks by itself
   */
  see(instances: readonly KnownInstance[], self: string): void {
    const causes = new Map<string, { service: string; host: string; cause: string }>();
    for (const instance of instances) {
      const { service, host, id, status, updated, check } = instance;
      if (!isIll(instance) || host === self || check?.output !== undefined) continue;
      const key = keyOf(host, service);
      const before = causes.get(key)?.cause ?? '';
      causes.set(key, { service, host, cause: `${before} ${id} ${status} ${updated}` });
    }
    const now = this.deps.clock.now();
    const wasInSight = new Set(this.inSight);
    this.inSight = [...causes].map(([key, { service, host, cause }]) => {
      const known = this.questions.get(key);
      const question = known ?? newQuestion(service, host);
      if (!wasInSight.has(question)) question.seenAt = now;
      question.cause = cause;
      this.questions.delete(key);
      this.questions.set(key, question);
      return question;
    });
    this.forget();
    this.pump();
  }

  /** Asks what is due, as much as may be asked at once. */
  private pump(): void {
    this.disarm();
    if (!this.isRunning) return;
    const now = this.deps.clock.now();
    const isOnItsWay = [...this.questions.values()].filter(({ isAsked }) => isAsked).length;
    const free = Math.max(0, AT_ONCE - isOnItsWay);
    const waiting = this.inSight
      .filter(({ isAsked }) => !isAsked)
      .map((question) => ({ question, dueAt: Math.max(this.absentUntil, dueAtOf(question)) }))
      .sort((a, b) => a.dueAt - b.dueAt);
    const due = waiting.slice(0, free).filter(({ dueAt }) => dueAt <= now);
    for (const { question } of due) void this.ask(question);
    const next = waiting[due.length];
    // With all on their way, the next answer goes on.
    if (next && due.length < free) this.cancel = this.deps.clock.after(next.dueAt - now, () => this.pump());
  }

  private async ask(question: Question): Promise<void> {
    const { service, host, cause } = question;
    question.isAsked = true;
    question.askedAt = this.deps.clock.now();
    const answer = await this.explain(service, host);
    question.isAsked = false;
    const told = answer.ok ? toldBy(host, answer.value) : undefined;
    const now = this.deps.clock.now();
    if (!answer.ok && answer.why === 'absent') this.absentUntil = now + ABSENT_MS;
    question.failures = told ? 0 : question.failures + 1;
    question.againAt = now + EVERY_MS * Math.min(2 ** question.failures, MOST_PAUSES);
    // Without an answer what was shown of before the event may be wrong by now.
    question.outputs = told ?? (question.askedCause === cause ? question.outputs : NO_OUTPUTS);
    question.askedCause = cause;
    this.show();
    this.pump();
  }

  private show(): void {
    const outputs = new Map([...this.questions.values()].flatMap((question) => [...question.outputs]));
    const isSame =
      outputs.size === this.outputs.size && [...outputs].every(([key, text]) => this.outputs.get(key) === text);
    if (isSame) return;
    this.outputs = outputs;
    this.deps.show(outputs);
  }

  private forget(): void {
    for (const [key, { isAsked }] of this.questions) {
      if (this.questions.size <= Math.max(MOST_KEPT, this.inSight.length)) return;
      if (!isAsked) this.questions.delete(key);
    }
  }

  private disarm(): void {
    this.cancel?.();
    this.cancel = undefined;
  }
}

const newQuestion = (service: string, host: string): Question => ({
  ...{ service, host, cause: '', askedCause: undefined, failures: 0, isAsked: false, outputs: NO_OUTPUTS },
  ...{ seenAt: 0, askedAt: -Infinity, againAt: -Infinity },
});

function dueAtOf({ cause, askedCause, seenAt, askedAt, againAt, failures }: Question): number {
  const isNews = cause !== askedCause && failures === 0;
  return Math.max(seenAt + SETTLE_MS, isNews ? askedAt + LEAST_MS : againAt);
}

/** @returns undefined where the host was not reached, so that nothing is told */
function toldBy(host: string, { instances }: Explanation): CheckOutputs | undefined {
  const theirs = instances.filter((instance) => instance.host === host);
  if (!theirs.some(({ asked: { state } }) => state === 'answered' || state === 'self')) return undefined;
  return new Map(
    theirs.flatMap((instance) => {
      const output = checkOutputOf(instance);
      return output === undefined ? [] : [[keyOf(host, instance.id), output] as const];
    }),
  );
}
