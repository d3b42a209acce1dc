import http from 'node:http';
import https from 'node:https';
import type { HttpGet } from '../lib/http-get.js';
import { connectionError } from './connection-fault.js';

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
            throw connectionError(error);
          });
          return next.done ? undefined : next.value;
        },
      });
    });
    request.on('error', (error) => reject(connectionError(error)));
  });
