import { createConnection } from 'node:net';
import type { Millis } from '../lib/ports.js';
import { messageOf } from '../lib/fault.js';
import { ok, refused, type Result } from '../lib/result.js';

/**
 * Sends one line to a Unix socket and waits for the answer until the other side closes.
 *
 * @param limits.timeoutMs for the whole exchange
 * @param limits.maxBytes  an answer that is longer is cut there, and the connection closed
 * @returns the answer, or the system's words; never rejects
 */
export function askUnixSocket(
  path: string,
  line: string,
  limits: { readonly timeoutMs: Millis; readonly maxBytes: number },
): Promise<Result<string, string>> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const end = (result: Result<string, string>): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(result);
    };
    const answer = (): Result<string, string> =>
      ok(Buffer.concat(chunks).subarray(0, limits.maxBytes).toString('utf8'));
    const timer = setTimeout(() => end(refused(`no answer within ${limits.timeoutMs} ms`)), limits.timeoutMs);
    const socket = createConnection(path);
    socket.on('connect', () => socket.write(`${line}\n`));
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      length += chunk.length;
      if (length >= limits.maxBytes) end(answer());
    });
    socket.on('end', () => end(answer()));
    socket.on('error', (error) => end(refused(messageOf(error))));
  });
}
