/** An error whose facts are fields, so that a log line, an HTTP answer and a test can each use them. */
export abstract class FaultError<F extends { readonly code: string }> extends Error {
  constructor(
    readonly fault: F,
    sentence: string,
    options?: ErrorOptions,
  ) {
    super(sentence, options);
  }
}

/** What to print of anything that was thrown: its message, never `[object Object]`. */
export function messageOf(error: unknown): string {
  const message = factOf(error, 'message');
  if (typeof message === 'string') return message;
  return typeof error === 'string' ? error : `thrown: ${JSON.stringify(error)}`;
}

/** The operating system's code of an error (`ENOENT`), or undefined when it has none. */
export function errnoOf(error: unknown): string | undefined {
  const code = factOf(error, 'code');
  return typeof code === 'string' ? code : undefined;
}

/** By shape, not `instanceof`: Node's own errors can come from another realm than ours. */
function factOf(error: unknown, key: 'message' | 'code'): unknown {
  return typeof error === 'object' && error !== null ? (error as Readonly<Record<string, unknown>>)[key] : undefined;
}
