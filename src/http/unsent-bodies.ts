import type { Context, Middleware } from 'koa';
import type { UnsentNumbers } from '../metrics/unsent-figures.js';

/** Of different bodies that are on their way at once, together. */
const MAX_UNSENT_BYTES = 64 * 1024 * 1024;

interface Hold {
  readonly body: object;
  readonly bytes: number;
  readonly cut: () => void;
}

/**
 * Which bodies the system has not taken yet, since their readers are slow. A body that many readers share counts once; but when
 * the catalog changes, every slow reader may hold another version of it in memory. At the bound those that have been reading for the
 * longest are cut off.
 */
export class UnsentBodies {
  /** The longest first. */
  private readonly holds = new Set<Hold>();
  private readonly readers = new Map<object, number>();
  private bytes = 0;
  private cut = 0;

  /**
   * @param body what is held in memory: the same object for all readers that share it
   * @param cut ends the connection of this reader; called at most once, and not after the release
   * @returns to be called when the body was taken, or its reader is gone
   */
  hold(body: object, bytes: number, cut: () => void): () => void {
    const hold = { body, bytes, cut };
    const readers = this.readers.get(body) ?? 0;
    this.holds.add(hold);
    this.readers.set(body, readers + 1);
    if (readers === 0) this.bytes += bytes;
    this.keepBound(hold);
    return () => this.release(hold);
  }

  numbers(): UnsentNumbers {
    return { bytes: this.bytes, cut: this.cut };
  }

  /** Who reads the same as the newest reader is served with it, however large that is: it is there once. */
  private keepBound(newest: Hold): void {
    for (const oldest of this.holds) {
      if (this.bytes <= MAX_UNSENT_BYTES) return;
      if (oldest.body === newest.body) continue;
      this.release(oldest);
      this.cut += 1;
      oldest.cut();
    }
  }

  private release(hold: Hold): void {
    if (!this.holds.delete(hold)) return;
    const others = (this.readers.get(hold.body) ?? 0) - 1;
    if (others > 0) {
      this.readers.set(hold.body, others);
      return;
    }
    this.readers.delete(hold.body);
    this.bytes -= hold.bytes;
  }
}

/** Counts every answer from when it is there until it was taken. A text is nobody else's: only bytes are shared. */
export function countUnsent(unsent: UnsentBodies): Middleware {
  return async (ctx, next) => {
    await next();
    const body: unknown = ctx.body;
    if (ctx.req.socket.destroyed || (typeof body !== 'string' && !Buffer.isBuffer(body))) return;
    const held = Buffer.isBuffer(body) ? body : ctx.res;
    whenOver(
      ctx,
      unsent.hold(held, body.length, () => ctx.req.socket.destroy()),
    );
  };
}

/**
 * Calls `act` once an answer was taken, or its reader is gone. A pipelined answer that waits for those before it belongs to no
 * connection yet, and is not told when that breaks.
 */
export function whenOver({ req: { socket }, res }: Context, act: () => void): void {
  const over = (): void => {
    socket.off('close', over);
    act();
  };
  res.once('close', over);
  if (res.socket === null) socket.setMaxListeners(0).once('close', over);
}
