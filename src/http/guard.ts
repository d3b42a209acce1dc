import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Middleware } from 'koa';
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
    if (!(await endsWithin(ctx.req, MAX_BODY_BYTES))) {
      ctx.set('Connection', 'close'); // the rest of the body is not waited for
      throw new HttpError(413, `the body is longer than ${MAX_BODY_BYTES} bytes, expected none`);
    }
    if (token === undefined) {
      if (ctx.get('Origin') !== '')
        throw new HttpError(403, 'pages in a browser may not change anything here as long as no http.token is set');
    } else if (!isBearerOf(token, ctx.get('Authorization'))) {
      ctx.set('WWW-Authenticate', 'Bearer realm="sidecar"');
      throw new HttpError(
        401,
        "this needs the agent's http.token as a bearer token; the sidecar command takes it from SIDECAR_TOKEN",
      );
    }
    await next();
  };
}

function isBearerOf(token: string, authorization: string): boolean {
  const given = /^Bearer +(\S+)$/i.exec(authorization)?.[1] ?? '';
  return timingSafeEqual(digest(given), digest(token)); // digests, since the lengths must be equal
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Reads a body and keeps nothing of it. @returns false as soon as it is too long, or when it breaks off */
function endsWithin(request: IncomingMessage, maxBytes: number): Promise<boolean> {
  return new Promise((resolve) => {
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > maxBytes) resolve(false);
    });
    request.on('end', () => resolve(true));
    request.on('close', () => resolve(false));
  });
}
