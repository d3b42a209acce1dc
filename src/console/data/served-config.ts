import { fieldsOf, instantOf, textOf, wordOf } from './fields.js';

/** The configuration that HAProxy has, and what changed in it the last time. */
export interface ServedConfig {
  readonly digest: string;
  readonly text: string;
  /** reload, runtime, started, found. */
  readonly how: string;
  /** One sentence. */
  readonly reason: string;
  /** As `diff -u` prints it; empty where there was none before. */
  readonly diff: string;
  readonly appliedAt: number | undefined;
  /** Undefined: it is the first that the agent knows of. */
  readonly previous: { readonly digest: string; readonly appliedAt: number | undefined } | undefined;
}

/** `/api/proxy/config`. @returns undefined for anything else */
export function readServedConfig(body: unknown): ServedConfig | undefined {
  const fields = fieldsOf(body);
  const text = wordOf(fields['text']);
  if (text === undefined) return undefined;
  const before = fieldsOf(fields['previous']);
  const digest = wordOf(before['digest']);
  return {
    text,
    digest: textOf(fields['digest']),
    how: textOf(fields['how']),
    reason: textOf(fields['reason']),
    diff: textOf(fields['diff']),
    appliedAt: instantOf(fields['appliedAt']),
    previous: digest === undefined ? undefined : { digest, appliedAt: instantOf(before['appliedAt']) },
  };
}
