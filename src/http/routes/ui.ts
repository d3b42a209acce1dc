import type Router from '@koa/router';
import type { Context } from 'koa';
import { answer, answerEmpty } from '../answer.js';
import type { ConsoleFile, ConsoleFiles } from '../console-files.js';
import { answerNotFound } from '../fallback.js';
import { OPENAPI } from '../openapi/document.js';
import { PAGE_POLICY } from '../page-style.js';
import { routesPage } from '../routes-page.js';

const ROUTES_PAGE = Buffer.from(routesPage(OPENAPI, { isInPlaceOfConsole: false }));
const PAGE_WITHOUT_CONSOLE = Buffer.from(routesPage(OPENAPI, { isInPlaceOfConsole: true }));

/** The console asks nobody but this agent, and nobody can put it into a page of his own. */
const CONSOLE_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; " +
  "base-uri 'none'; frame-ancestors 'none'; form-action 'none'";

/** The name of an asset has a hash of its content. */
const FOR_EVER = 'public, max-age=31536000, immutable';

/**
 * `/ui/`: the console, at every path that it may show in the address bar; `/ui/routes`: the page that lists the routes, which also
 * stands in for a console that was not built. As in the original every method acts as GET at `/ui/`, and `/ui` does not lead there.
 */
export function uiRoutes(router: Router, files: ConsoleFiles | undefined): void {
  router.all(['/ui', '/ui/'], (ctx) => {
    if (files) answerConsole(ctx, files);
    else answerPage(ctx, PAGE_WITHOUT_CONSOLE);
  });
  router.all('/ui/index.html', (ctx) => {
    ctx.set('Location', './');
    answerEmpty(ctx, 301);
  });
  router.get('/ui/routes', (ctx) => answerPage(ctx, ROUTES_PAGE));
  router.get('/ui/assets/:asset', (ctx) => {
    const file = files?.assets.get(`assets/${ctx.params['asset'] ?? ''}`);
    if (!file) {
      answerNotFound(ctx);
      return;
    }
    ctx.set('Cache-Control', FOR_EVER);
    answerFile(ctx, file);
  });
  router.get('/ui/*page', (ctx) => {
    if (files && !ctx.path.startsWith('/ui/assets/')) answerConsole(ctx, files);
    else answerNotFound(ctx);
  });
}

function answerConsole(ctx: Context, { index }: ConsoleFiles): void {
  ctx.set('Content-Security-Policy', CONSOLE_POLICY);
  ctx.set('Cache-Control', 'no-cache');
  answerFile(ctx, index);
}

function answerPage(ctx: Context, page: Buffer): void {
  ctx.set('Content-Security-Policy', PAGE_POLICY);
  harden(ctx);
  answer(ctx, 200, 'text/html; charset=utf-8', page);
}

function answerFile(ctx: Context, { type, plain, gzip, brotli }: ConsoleFile): void {
  harden(ctx);
  ctx.set('Vary', 'Accept-Encoding');
  const takes = (encoding: string): boolean =>
    ctx.get('Accept-Encoding') !== '' && ctx.acceptsEncodings(encoding) === encoding;
  if (brotli && takes('br')) {
    ctx.set('Content-Encoding', 'br');
    answer(ctx, 200, type, brotli);
  } else if (gzip && takes('gzip')) {
    ctx.set('Content-Encoding', 'gzip');
    answer(ctx, 200, type, gzip);
  } else {
    answer(ctx, 200, type, plain);
  }
}

function harden(ctx: Context): void {
  ctx.set('Referrer-Policy', 'no-referrer');
  ctx.set('X-Content-Type-Options', 'nosniff');
}
