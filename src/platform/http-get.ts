import http from 'node:http';
import https from 'node:https';
import { errnoOf } from '../lib/fault.js';
import type { HttpGet } from '../lib/http-get.js';
import { connectionFault } from './connection-fault.js';

/** Asks on a connection of its own, certificates verified. */
export const getHttp: HttpGet = (url, signal, more = {}) =>
  new Promise((resolve, reject) => {
    const { get } = url.startsWith('https:') ? https : http;
    const headers = { Accept: 'application/json', 'User-Agent': 'sidecar', ...more };
    const request = get(url, { agent: false, headers, signal }, (response) => {
      response.on('error', () => undefined); // told by the next read
      const chunks = response[Symbol.asyncIterator]() as AsyncIterableIterator<Buffer>;
      resolve({
        status: response.statusCode ?? 0,
        read: async () => {
          const next = await chunks.next().catch((error: unknown) => {
            throw inWords(error);
          });
          return next.done ? undefined : next.value;
        },
      });
    });
    request.on('error', (error) => reject(inWords(error)));
  });

/** Node calls a connection that was closed `aborted`, or `socket hang up`. */
const inWords = (error: unknown): Error =>
  new Error(errnoOf(error) === 'ECONNRESET' ? 'the connection was closed' : connectionFault(error), {
    cause: error,
  });
