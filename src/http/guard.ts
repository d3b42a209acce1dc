import { isUtf8 } from 'node:buffer';
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Context, Middleware } from 'koa';
import { GatheredBytes } from '../lib/gathered-bytes.js';
import { HttpError } from './http-error.js';

/** Routes that change something have no use for a body; a client that sends a longer one is cut off. */
const MAX_BODY_BYTES = 64 * 1024;

/**
 * Stands before every route that changes something. With a token it asks for that. Without one whoever reaches the port may go on,
 * except the pages of others in a browser behind it: browsers add `Origin` to every such request.
 *
 * @param token of `http.token` or `http.token_file`; undefined: none is set
 */
export function guardOf(token: string | undefined): Middleware {
  return async (ctx, next) => {
    if ((await bodyOf(ctx.req, MAX_BODY_BYTES)) === undefined)
      throw cutOff(ctx, `${MAX_BODY_BYTES} bytes, expected none`);
    mayChange(ctx, token);
    await next();
  };
}

/**
 * The same guard for a route that needs a text from its client: who may not go on is refused before any of it is kept.
 *
 * @param maxBytes a longer text is refused, and its end not waited for
 * @returns what reads the body of a request that is let through; it rejects with an `HttpError`
 */
export function guardedText(token: string | undefined, maxBytes: number): (ctx: Context) => Promise<string> {
  const read = guardedBytes(token, maxBytes, 'cut-off');
  return async (ctx) => {
    const bytes = await read(ctx);
    if (!isUtf8(bytes)) throw new HttpError(400, 'the body is no text in UTF-8');
    return bytes.toString();
  };
}

/**
 * The same for bytes, whatever they are.
 *
 * @param rest of a longer body: `cut-off` ends the connection, and a client that is still sending may not see the answer; `dropped`
 *             lets it come on a connection that is kept, for no longer than any request may take, and keeps nothing of it
 */
export function guardedBytes(
  token: string | undefined,
  maxBytes: number,
  rest: 'cut-off' | 'dropped',
): (ctx: Context) => Promise<Buffer> {
  return async (ctx) => {
    mayChange(ctx, token);
    const body = await bodyOf(ctx.req, maxBytes);
    if (body === undefined) throw rest === 'cut-off' ? cutOff(ctx, `${maxBytes} bytes`) : tooLong(`${maxBytes} bytes`);
    return body;
  };
}

/** @throws HttpError for whoever may not change anything */
function mayChange(ctx: Context, token: string | undefined): void {
  if (token === undefined) {
    if (ctx.get('Origin') !== '')
      throw new HttpError(403, 'pages in a browser may not change anything here as long as no token is set');
  } else if (!isBearerOf(token, ctx.get('Authorization'))) {
    ctx.set('WWW-Authenticate', 'Bearer realm="sidecar"');
    throw new HttpError(
      401,
      'this needs the token of the settings (http.token, or haproxy_api.token) as a bearer token; ' +
        'the sidecar command takes it from SIDECAR_TOKEN',
    );
  }
}

function cutOff(ctx: Context, bound: string): HttpError {
  ctx.set('Connection', 'close'); // the rest of the body is not waited for
  return tooLong(bound);
}

const tooLong = (bound: string): HttpError => new HttpError(413, `the body is longer than ${bound}`);

function isBearerOf(token: string, authorization: string): boolean {
  const given = /^Bearer +(\S+)$/i.exec(authorization)?.[1] ?? '';
  return timingSafeEqual(digest(given), digest(token)); // digests, since the lengths must be equal
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Reads a body. @returns undefined as soon as it is too long, or when it breaks off; of what still comes nothing is kept */
function bodyOf(request: IncomingMessage, maxBytes: number): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    let bytes: GatheredBytes | undefined = new GatheredBytes(maxBytes);
    request.on('data', (chunk: Buffer) => {
      if (bytes?.add(chunk) !== false) return;
      bytes = undefined;
      resolve(undefined);
    });
    request.on('end', () => resolve(bytes?.take()));
    request.on('close', () => resolve(undefined));
  });
}
