import type { Context, Middleware } from 'koa';
import type { Logger } from '../lib/logger.js';
import { goString } from '../service/go-json.js';
import { answerJson } from './answer.js';

/** A route cannot answer as asked; the client reads `message`. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  constructor(
    readonly status: number,
    message: string,
    /** For programs, where one status has several reasons. */
    readonly code?: string,
  ) {
    super(message);
  }
}

/** The original's words for `/services.xml` and its like. */
export const WRONG_EXTENSION = 'Not Found - Invalid content type extension';

/** Owns the one shape of failures. Headers that the route had set before it threw stay. */
export function failures(log: Logger): Middleware {
  return async (ctx, next) => {
    try {
      await next();
    } catch (error) {
      if (error instanceof HttpError) {
        answerJson(ctx, error.status, errorBody(error));
        return;
      }
      log.error('a request failed for a reason of our own', { method: ctx.method, path: ctx.path, error });
      answerJson(ctx, 500, errorBody({ message: 'internal error' }));
    }
  };
}

/** The shape of failures on haproxy-api's own routes, contract section 10.4. */
export const listedErrors: Middleware = async (ctx, next) => {
  try {
    await next();
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    answerErrors(ctx, error.status, [error.message]);
  }
};

export function answerErrors(ctx: Context, status: number, errors: readonly string[]): void {
  answerJson(ctx, status, `{"errors":[${errors.map(goString).join(',')}]}`);
}

function errorBody({ message, code }: Pick<HttpError, 'message' | 'code'>): string {
  const end = code === undefined ? '' : `,"code":${goString(code)}`;
  return `{"message":${goString(message)},"status":"error"${end}}`;
}
