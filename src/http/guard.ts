import { isUtf8 } from 'node:buffer';
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import type { Context, Middleware } from 'koa';
import { GatheredBytes } from '../lib/gathered-bytes.js';
import { HttpError } from './http-error.js';

/** What requests are measured by, before a route sees them. */
export interface Door {
  /** `http.token` or `http.token_file`; undefined: none is set. */
  readonly token: string | undefined;
  /** Bytes; a longer body is refused with 413. */
  readonly maxBody: number;
}

/**
 * Stands before every route that changes something. With a token it asks for that, wherever the request comes from. Without one it
 * refuses the pages of others in a browser, which adds `Origin` to every such request.
 *
 * @param from who may go on without a token: `anywhere` is for the original's own routes, whose clients have none
 */
export function guardOf({ token, maxBody }: Door, from: 'anywhere' | 'this-host'): Middleware {
  return async (ctx, next) => {
    if (token === undefined && from === 'this-host' && !isLoopback(ctx.req.socket.remoteAddress))
      throw new HttpError(
        403,
        'as long as no token is set (http.token, http.token_file), only programs on its own host may change something here',
      );
    mayChange(ctx, token);
    if ((await bodyOf(ctx.req, maxBody, () => undefined)) === 'too-long') throw cutOff(ctx, `${maxBody} bytes`);
    await next();
  };
}

/** Refuses what says by its length that it is too long, and does not wait for the end of a body that nobody reads and that says no length. */
export function boundedBodies(maxBody: number): Middleware {
  return async (ctx, next) => {
    if (Number(ctx.get('Content-Length')) > maxBody) throw tooLong(`${maxBody} bytes`);
    try {
      await next();
    } finally {
      if (ctx.get('Transfer-Encoding') !== '' && !ctx.req.complete) ctx.set('Connection', 'close');
    }
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
    const bytes = new GatheredBytes(maxBytes);
    if ((await bodyOf(ctx.req, maxBytes, (chunk) => void bytes.add(chunk))) === 'too-long')
      throw rest === 'cut-off' ? cutOff(ctx, `${maxBytes} bytes`) : tooLong(`${maxBytes} bytes`);
    return bytes.take();
  };
}

/** What a program adds that asks for somebody else: an agent of another cluster, a proxy in front of this one. */
const FOR_ANOTHER = ['Via', 'Forwarded', 'X-Forwarded-For'];

/**
 * Whether who asks, and changes nothing, could change something: has the token or, as long as none is set, is on this host, which
 * nobody is for whom another program asks.
 */
export function isEntitled(ctx: Context, token: string | undefined): boolean {
  const isHere = isLoopback(ctx.req.socket.remoteAddress) && FOR_ANOTHER.every((name) => ctx.get(name) === '');
  return token === undefined ? isHere : isBearerOf(token, ctx.get('Authorization'));
}

/** @throws HttpError for whoever may not change anything */
function mayChange(ctx: Context, token: string | undefined): void {
  if (token === undefined) {
    if (!isOwnPage(ctx.get('Origin'), ctx.get('Host')))
      throw new HttpError(
        403,
        'as long as no token is set (http.token, http.token_file), no page in a browser may change something here, ' +
          'unless it was opened from this very port by its address or as localhost',
      );
  } else if (!isBearerOf(token, ctx.get('Authorization'))) {
    ctx.set('WWW-Authenticate', 'Bearer realm="sidecar"');
    throw new HttpError(
      401,
      'this needs the token of the settings (http.token, or haproxy_api.token) as a bearer token; ' +
        'the sidecar command takes it from SIDECAR_TOKEN',
    );
  }
}

function isLoopback(address = ''): boolean {
  return address === '::1' || /^(?:::ffff:)?127\./i.test(address);
}

/**
 * Whether a request is of no page, or of one that came from this very address. Only an address or `localhost` counts: a name
 * can be made to lead here by whoever owns it.
 */
function isOwnPage(origin: string, host: string): boolean {
  if (origin === '') return true;
  if (!URL.canParse(origin)) return false;
  const page = new URL(origin);
  const hostname = page.hostname.replace(/^\[|\]$/g, '');
  return page.host === host.toLowerCase() && (hostname === 'localhost' || isIP(hostname) !== 0);
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

/** Hands over a body in its pieces. @returns `too-long` as soon as it is, or when it breaks off; of what still comes nothing is kept */
function bodyOf(
  request: IncomingMessage,
  maxBytes: number,
  take: (chunk: Buffer) => void,
): Promise<'ended' | 'too-long'> {
  return new Promise((resolve) => {
    let taker: typeof take | undefined = take;
    let length = 0;
    const tooLong = (): void => {
      taker = undefined;
      resolve('too-long');
    };
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > maxBytes) tooLong();
      else taker?.(chunk);
    });
    request.on('end', () => resolve('ended'));
    request.on('close', tooLong);
  });
}
