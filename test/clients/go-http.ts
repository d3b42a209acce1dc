import { request, type IncomingMessage } from 'node:http';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

/** An answer whose head is there. */
export interface GoAnswer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Readable;
}

/** Asks as Go's client does, which all of these programs use: it adds these headers by itself, and unpacks what it gets. */
export function goRequest(method: string, url: string, signal?: AbortSignal): Promise<GoAnswer> {
  const headers = {
    'User-Agent': 'Go-http-client/1.1',
    ...(method === 'POST' ? { 'Content-Length': '0' } : {}),
    'Accept-Encoding': 'gzip',
  };
  return new Promise((resolve, reject) => {
    const asked = request(url, { method, headers, agent: false, ...(signal ? { signal } : {}) }, (response) => {
      const isPacked = response.headers['content-encoding'] === 'gzip';
      const body = isPacked ? pipeline(response, createGunzip(), () => undefined) : response; // its reader hears of faults
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body });
    });
    asked.on('error', reject);
    asked.end();
  });
}

/** A whole body as text. */
export async function textOf(body: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

/** The pieces of an answer that need not end, until `signal` aborts. */
export async function* chunksOf(url: string, signal: AbortSignal): AsyncGenerator<Buffer> {
  try {
    const { body } = await goRequest('GET', url, signal);
    for await (const chunk of body) yield chunk as Buffer;
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
