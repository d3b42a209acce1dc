import type { Context } from 'koa';
import { HttpError } from './http-error.js';

/** Answers that cost much: so many are made at once, and who asks beside those is refused. */
export class FewAtOnce {
  private running = 0;
  /** Questions that were refused since the start. */
  refused = 0;

  /** @param what stands in the refusal: `plans are being made` */
  constructor(
    private readonly most: number,
    private readonly what: string,
  ) {}

  /** @throws HttpError 503 when too many are being made */
  async make<T>(ctx: Pick<Context, 'set'>, answer: () => T | Promise<T>): Promise<T> {
    if (this.running >= this.most) {
      this.refused += 1;
      ctx.set('Retry-After', '1');
      throw new HttpError(503, `${this.most} ${this.what} already: ask again in a moment`);
    }
    this.running += 1;
    try {
      return await answer();
    } finally {
      this.running -= 1;
    }
  }
}
