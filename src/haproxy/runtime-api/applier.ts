import { ok, type Result } from '../../lib/result.js';
import type { Acceptance } from './acceptance.js';
import type { RuntimeFault } from './fault.js';
import { differing, isDone, stepsOf, wordsOf, type Operation, type Placed, type Step, type Target } from './moves.js';
import { parseServersState, type ActualServer } from './server-state.js';
import type { RuntimeSession } from './session.js';

/** Sends commands, and believes only what it reads back. */
export class Applier {
  private readonly counts: Record<Operation, number> = {
    add: 0,
    remove: 0,
    drain: 0,
    weight: 0,
    address: 0,
    ready: 0,
    maint: 0,
    health: 0,
    delete: 0,
    shutdown: 0,
  };

  constructor(
    private readonly session: RuntimeSession,
    private readonly acceptance: Acceptance,
  ) {}

  operations(): Readonly<Record<Operation, number>> {
    return { ...this.counts };
  }

  /**
   * Adds and sets servers, then reads their backends back.
   *
   * @param placed no removals
   * @returns undefined when each server is what it should be
   */
  async change(placed: readonly Placed[]): Promise<RuntimeFault | undefined> {
    if (placed.length === 0) return undefined;
    const targets: Target[] = [];
    for (const { move } of placed) {
      if (move.kind === 'remove') continue;
      const { target } = move;
      if (!target.address && (move.kind === 'add' || move.what.includes('address'))) {
        return { code: 'UNRESOLVED', server: `${target.backend}/${target.name}`, host: target.host };
      }
      targets.push(target);
    }
    const work = placed.flatMap((one) => stepsOf(one.move).map((step) => ({ ...one, step })));
    const looks = [...new Set(targets.map(({ backend }) => backend))].map((name) => `show servers state ${name}`);
    const said = await this.session.ask([...work.map(({ step }) => step.line), ...looks]);
    if (!said.ok) return said.fault;
    let fault: RuntimeFault | undefined;
    work.forEach(({ step, move, section }, i) => {
      const refusal = this.judge(step, said.value[i] ?? '');
      if (refusal === undefined) return;
      this.acceptance.remember(move, section, refusal);
      fault ??= { code: 'NOT_ACCEPTED', command: step.line, words: refusal };
    });
    return fault ?? checkAll(targets, looks, said.value.slice(work.length));
  }

  /**
   * Carries out steps whose refusal the caller judges.
   *
   * @returns for each step HAProxy's words of refusal, or undefined where it was done
   */
  async run(steps: readonly Step[]): Promise<Result<readonly (string | undefined)[], RuntimeFault>> {
    const said = await this.session.ask(steps.map(({ line }) => line));
    return said.ok ? ok(steps.map((step, i) => this.judge(step, said.value[i] ?? ''))) : said;
  }

  /** Counts a command that was carried out; the words of one that was not. */
  private judge(step: Step, answer: string): string | undefined {
    if (!isDone(step, answer)) return answer;
    this.counts[step.operation] += 1;
    return undefined;
  }
}

function checkAll(
  targets: readonly Target[],
  looks: readonly string[],
  answers: readonly string[],
): RuntimeFault | undefined {
  const found = new Map<string, ActualServer>();
  for (const [i, command] of looks.entries()) {
    const state = parseServersState(answers[i] ?? '');
    if (!state.ok) return { code: 'UNREADABLE', command, words: state.fault };
    for (const server of state.value) found.set(`${server.backend}/${server.name}`, server);
  }
  for (const target of targets) {
    const server = `${target.backend}/${target.name}`;
    const actual = found.get(server);
    if (!actual) return { code: 'NOT_AS_ASKED', server, words: 'there is no such server' };
    const what = differing(target, actual);
    if (what.length === 0) continue;
    return { code: 'NOT_AS_ASKED', server, words: `${what.join(', ')} differ: ${wordsOf(actual)}` };
  }
  return undefined;
}
