import type { HttpResponse } from './http-get.js';

/** An answer whose head is there and whose body is still to come. */
export interface HttpStream extends HttpResponse {
  /** @param name in small letters */
  readonly header: (name: string) => string | undefined;
}

/**
 * Asks for `url`, http or https, with these headers and no others but `Host`, on a connection that may have served before; follows
 * no redirect.
 *
 * @param signal ends the request, and with it its connection, whatever has been read; a body that is not wanted to its end has to be
 *               ended so
 * @returns as soon as the head of the answer is there; rejects with the system's words
 */
export type HttpStreamAsk = (
  url: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
) => Promise<HttpStream>;
