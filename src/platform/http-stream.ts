import http from 'node:http';
import https from 'node:https';
import { errnoOf } from '../lib/fault.js';
import type { HttpStream, HttpStreamAsk } from '../lib/http-stream.js';
import { connectionError } from './connection-fault.js';
import { systemLookups } from './lookup.js';

/** Connections at rest: at most two for each host and port, and not for long. How many work is up to those who ask. */
const KEPT: http.AgentOptions = { keepAlive: true, maxFreeSockets: 2, timeout: 30_000 };
const AGENTS = { plain: new http.Agent(KEPT), tls: new https.Agent(KEPT) };

/** Asks on connections that are kept for the next question, certificates verified. */
export const streamHttp: HttpStreamAsk = (url, headers, signal) => {
  const isTls = url.startsWith('https:');
  const ask = (agent: http.Agent | false): Promise<HttpStream> =>
    new Promise((resolve, reject) => {
      const { get } = isTls ? https : http;
      const names = systemLookups.begin();
      const request = get(url, { agent, headers, signal, lookup: names.lookup });
      request.on('response', (response) => {
        response.on('error', () => undefined); // told by the next read
        resolve(streamOf(response));
      });
      request.on('error', (error) => {
        // The other side may close a connection at rest in the moment when it is taken for the next question.
        const isStale = request.reusedSocket && errnoOf(error) === 'ECONNRESET';
        if (isStale && !signal.aborted) resolve(ask(false));
        else reject(connectionError(error));
      });
      request.on('close', () => names.end());
    });
  return ask(isTls ? AGENTS.tls : AGENTS.plain);
};

function streamOf(response: http.IncomingMessage): HttpStream {
  const chunks = response[Symbol.asyncIterator]() as AsyncIterableIterator<Buffer>;
  return {
    status: response.statusCode ?? 0,
    header: (name) => response.headers[name]?.toString(),
    read: async () => {
      const next = await chunks.next().catch((error: unknown) => {
        throw connectionError(error);
      });
      return next.done ? undefined : next.value;
    },
  };
}
