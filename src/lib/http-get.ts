/** An answer whose body is still to come. What is not read waits at the sender. */
export interface HttpResponse {
  readonly status: number;
  /**
   * The next bytes of the body, as they come. One call at a time.
   *
   * @returns undefined at its end; rejects with the system's words, also when the connection ends before the body does
   */
  read(): Promise<Uint8Array | undefined>;
}

/**
 * Asks for `url`, http or https, and follows no redirect.
 *
 * @param signal closes the connection, whatever has been read; nothing else does before the body has been read to its end
 * @param headers beside the usual ones, or in their place
 * @returns as soon as the head of the answer is there; rejects with the system's words
 */
export type HttpGet = (
  url: string,
  signal: AbortSignal,
  headers?: Readonly<Record<string, string>>,
) => Promise<HttpResponse>;
