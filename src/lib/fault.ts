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
  if (error instanceof Error) return error.message;
  return typeof error === 'string' ? error : `thrown: ${JSON.stringify(error)}`;
}

/** The operating system's code of an error (`ENOENT`), or undefined when it has none. */
export function errnoOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
