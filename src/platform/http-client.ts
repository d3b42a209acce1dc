import { request } from 'node:http';
import type { HttpAnswer, HttpAsk } from '../lib/http-ask.js';
import { connectionFault } from './connection-fault.js';

/** Asks over plain HTTP, one connection per question, the answer's body bounded and read as UTF-8. */
export const askHttp: HttpAsk = ({ method, url, headers, text }, { timeoutMs, maxBodyBytes }) =>
  new Promise<HttpAnswer>((resolve) => {
    const deadline = AbortSignal.timeout(timeoutMs);
    const failed = (error: unknown): void =>
      resolve(deadline.aborted ? { outcome: 'timed-out' } : { outcome: 'unreachable', reason: connectionFault(error) });
    try {
      const ask = request(url, { method, headers, agent: false, signal: deadline }, (response) => {
        const chunks: Buffer[] = [];
        let length = 0;
        response.on('data', (chunk: Buffer) => {
          length += chunk.length;
          chunks.push(chunk);
          if (length <= maxBodyBytes) return;
          resolve({ outcome: 'too-long' });
          ask.destroy();
        });
        response.on('end', () =>
          resolve({
            outcome: 'answered',
            status: response.statusCode ?? 0,
            body: Buffer.concat(chunks).toString('utf8'),
          }),
        );
        response.on('error', failed);
      });
      ask.on('error', failed);
      ask.end(text);
    } catch (error) {
      failed(error); // a URL or header that cannot be sent
    }
  });
