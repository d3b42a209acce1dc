import type { Logger } from '../lib/logger.js';
import type { Problem, ProblemBoard } from '../lib/problems.js';

/** Something that a source finds wrong in what it reads. */
export type Statement = Pick<Problem, 'code' | 'subject' | 'message'>;

/** What one source finds wrong, on the problem board and in the log: each statement once for as long as it holds. */
export class Statements {
  private stated: ReadonlyMap<string, Statement> = new Map();

  constructor(
    private readonly room: string,
    private readonly deps: { readonly problems: ProblemBoard; readonly log: Logger },
  ) {}

  /** Makes `now` all that is wrong. Of several with one code and subject only the first counts. */
  state(now: readonly Statement[]): void {
    const { room } = this;
    const { problems, log } = this.deps;
    const before = this.stated;
    const stated = new Map<string, Statement>();
    for (const statement of now) {
      if (!stated.has(keyOf(statement))) stated.set(keyOf(statement), statement);
    }
    this.stated = stated;
    for (const [key, { code, subject }] of before) {
      if (!stated.has(key)) problems.clear(room, code, subject);
    }
    for (const statement of stated.values()) {
      if (problems.raise({ room, ...statement })) log.warn(statement.message, { code: statement.code });
    }
  }
}

const keyOf = ({ code, subject }: Statement): string => JSON.stringify([code, subject]);
