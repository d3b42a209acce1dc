import type { Context } from 'koa';
import { formatTimestamp } from '../service/timestamp.js';
import { escapeHtml } from './html.js';

/** JSON clients and browsers of other origins may read the catalog. */
export function allowAnyOrigin(ctx: Context): void {
  ctx.set('Access-Control-Allow-Origin', '*');
  ctx.set('Access-Control-Allow-Methods', 'GET');
}

/** JSON text that is encoded already; without a charset, as the original sends it. */
export function answerJson(ctx: Context, status: number, body: Buffer | string): void {
  answer(ctx, status, 'application/json', body);
}

export function answerText(ctx: Context, status: number, text: string): void {
  answer(ctx, status, 'text/plain; charset=utf-8', text);
}

/** A status and nothing else. */
export function answerEmpty(ctx: Context, status: number): void {
  ctx.body = null;
  ctx.status = status;
}

/** 301 with a link, as Go's file server writes it. */
export function answerMoved(ctx: Context, location: string): void {
  ctx.set('Location', location);
  if (ctx.method === 'GET' || ctx.method === 'HEAD')
    answer(ctx, 301, 'text/html; charset=utf-8', `<a href="${escapeHtml(location)}">Moved Permanently</a>.\n\n`);
  else answerEmpty(ctx, 301);
}

/** Indented for people who use curl, and never kept by a cache in between. */
export function answerFresh(ctx: Context, status: number, facts: object): void {
  ctx.set('Cache-Control', 'no-store');
  answerJson(ctx, status, `${JSON.stringify(facts, null, 2)}\n`);
}

/** The same with times (`bigint`) as RFC 3339 writes them, and null for what is not known (`undefined`). */
export function answerFacts(ctx: Context, status: number, facts: object): void {
  ctx.set('Cache-Control', 'no-store');
  answerJson(ctx, status, `${JSON.stringify(facts, known, 2)}\n`);
}

const known = (_key: string, value: unknown): unknown =>
  typeof value === 'bigint' ? formatTimestamp(value) : (value ?? null);

/** Every body goes through here: Koa must not choose the type, and derives the length from the bytes. */
export function answer(ctx: Context, status: number, type: string, body: Buffer | string): void {
  ctx.set('Content-Type', type);
  ctx.status = status;
  ctx.body = body;
}
