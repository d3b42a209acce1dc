import { request, type ClientRequest } from 'node:http';
import { request as requestOverTls } from 'node:https';
import { GatheredBytes } from '../lib/gathered-bytes.js';
import type { HttpAnswer, HttpAsk, HttpReceipt, HttpSend } from '../lib/http-ask.js';
import { connectionFault } from './connection-fault.js';
import { systemLookups } from './lookup.js';

const requestOf = (url: string): typeof request => (/^https:/i.test(url) ? requestOverTls : request);

/** Asks over HTTP or HTTPS, certificates verified, one connection per question, the answer's body bounded and read as UTF-8. */
export const askHttp: HttpAsk = ({ method, url, headers, text }, { timeoutMs, maxBodyBytes }) =>
  new Promise<HttpAnswer>((resolve) => {
    const deadline = AbortSignal.timeout(timeoutMs);
    const failed = (error: unknown): void =>
      resolve(deadline.aborted ? { outcome: 'timed-out' } : { outcome: 'unreachable', reason: connectionFault(error) });
    try {
      const ask = requestOf(url)(url, { method, headers, agent: false, signal: deadline }, (response) => {
        const body = new GatheredBytes(maxBodyBytes);
        response.on('data', (chunk: Buffer) => {
          if (body.add(chunk)) return;
          resolve({ outcome: 'too-long' });
          ask.destroy();
        });
        response.on('end', () =>
          resolve({ outcome: 'answered', status: response.statusCode ?? 0, body: body.take().toString('utf8') }),
        );
        response.on('error', failed);
      });
      ask.on('error', failed);
      ask.end(text);
    } catch (error) {
      failed(error); // a URL or header that cannot be sent
    }
  });

/** Sends over HTTP or HTTPS, certificates verified, one connection per message. */
export const sendHttp: HttpSend = ({ method, url, headers, body }, { timeoutMs, signal }) =>
  new Promise((resolve) => {
    const names = systemLookups.begin();
    let sent: ClientRequest | undefined;
    let hasConnected = false;
    const end = (receipt: HttpReceipt): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      names.end();
      resolve(receipt);
      sent?.destroy(); // an AbortSignal would cost a stack trace for each message
    };
    const failed = (error: unknown): void =>
      end({ outcome: 'unreachable', reason: connectionFault(error), hasConnected });
    const abort = (): void => failed('given up');
    const timer = setTimeout(() => end({ outcome: 'timed-out', hasConnected }), timeoutMs);
    signal.addEventListener('abort', abort);
    if (signal.aborted) {
      abort();
      return;
    }
    try {
      sent = requestOf(url)(url, { method, headers, agent: false, lookup: names.lookup });
      sent.removeHeader('Connection');
      sent.on('socket', (socket) => socket.on('connect', () => (hasConnected = true)));
      sent.on('response', ({ statusCode = 0, headers: { location, 'set-cookie': cookies = [] } }) =>
        end({ outcome: 'answered', status: statusCode, location, cookies }),
      );
      sent.on('error', failed);
      sent.on('close', () => failed('the connection was closed without an answer'));
      sent.cork();
      for (const bytes of body) sent.write(bytes);
      sent.end();
      sent.uncork();
    } catch (error) {
      failed(error); // a URL or header that cannot be sent
    }
  });
