import { fieldsOf, instantOf, objectsOf, textOf, wordOf } from './fields.js';

/** Something that is wrong with an agent or its surroundings, and that somebody should look at (docs/problem-codes.md). */
export interface Problem {
  readonly code: string;
  readonly subject: string | undefined;
  readonly message: string;
  readonly since: number | undefined;
}

/** The problems of `/health`. @returns undefined for anything else */
export function readProblems(body: unknown): readonly Problem[] | undefined {
  const { problems } = fieldsOf(body);
  if (!Array.isArray(problems)) return undefined;
  return objectsOf(problems).map(({ code, subject, message, since }) => ({
    code: textOf(code),
    subject: wordOf(subject),
    message: textOf(message),
    since: instantOf(since),
  }));
}
