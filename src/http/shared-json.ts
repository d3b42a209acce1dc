import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Context } from 'koa';
import { oncePerObject } from '../lib/once-per-object.js';
import { allowAnyOrigin, answerEmpty, answerJson } from './answer.js';

/** What fits into one packet takes no less time when it is smaller. */
const MIN_GZIP_BYTES = 1400;

/** Answers with JSON that all readers of a version share, to readers of any origin. */
export function answerShared(ctx: Context, body: Buffer): Promise<void> | undefined {
  allowAnyOrigin(ctx);
  return answerKept(ctx, body);
}

/**
 * Answers with JSON that many readers share. Who sends `If-None-Match` gets an `ETag`, and 304 where it is the one it has; `""`, which no
 * body has, asks for a first one. Who accepts gzip gets that, made once for all. Everybody else gets the answer without a header more.
 *
 * @param body not to be changed any more: what is derived from it is kept for as long as it is there
 */
export function answerKept(ctx: Context, body: Buffer): Promise<void> | undefined {
  const { 'if-none-match': known, 'accept-encoding': encodings } = ctx.req.headers;
  if (known !== undefined) {
    const tag = tagOf(body);
    varies(ctx);
    ctx.set('ETag', tag);
    ctx.set('Cache-Control', 'no-cache');
    if (isAmong(tag, known)) {
      answerEmpty(ctx, 304);
      return undefined;
    }
  }
  if (encodings !== undefined && body.length >= MIN_GZIP_BYTES && ctx.acceptsEncodings('gzip', 'identity') === 'gzip')
    return answerGzipped(ctx, body);
  answerJson(ctx, 200, body);
  return undefined;
}

async function answerGzipped(ctx: Context, body: Buffer): Promise<void> {
  const gzipped = await gzippedOf(body);
  varies(ctx);
  ctx.set('Content-Encoding', 'gzip');
  answerJson(ctx, 200, gzipped);
}

/** Caches must not give one client what another one has asked for. */
const varies = (ctx: Context): void => ctx.set('Vary', 'Accept-Encoding');

/** Weak, since it is the same for all encodings. */
const tagOf = oncePerObject((body: Buffer) => `W/"${createHash('sha1').update(body).digest('base64url')}"`);

const gzippedOf = oncePerObject(promisify<Buffer, Buffer>(gzip));

/** By the weak comparison of RFC 9110, section 8.8.3.2. */
function isAmong(tag: string, known: string): boolean {
  if (known === tag || known === '*') return true;
  return known.match(/"[^"]*"/g)?.includes(tag.slice(2)) ?? false;
}
