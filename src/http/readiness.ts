/** One thing that has to have happened once before the agent counts as ready. */
export interface Precondition {
  /** What is waited for, as a sentence without a full stop. */
  readonly waitingFor: string;
  isMet(): boolean;
}

/**
 * Remembers what has happened: what was met once stays met, so that later trouble shows in `/health` and not as an agent that
 * is taken out of service for it.
 */
export function readinessOf(preconditions: readonly Precondition[]): () => readonly string[] {
  const open = new Set(preconditions);
  return () => {
    for (const precondition of open) if (precondition.isMet()) open.delete(precondition);
    return [...open].map(({ waitingFor }) => waitingFor);
  };
}
