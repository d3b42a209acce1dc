import type Router from '@koa/router';
import type { Context, Middleware } from 'koa';
import { formatDuration, parseDuration } from '../../lib/duration.js';
import type { Millis } from '../../lib/ports.js';
import { printable } from '../../lib/printable.js';
import { goString } from '../../service/go-json.js';
import { answerJson } from '../answer.js';
import type { DrainControl } from '../cluster.js';
import { HttpError } from '../http-error.js';

const SHORTEST_MS: Millis = 1_000;
const LONGEST_MS: Millis = 24 * 3_600_000;

/**
 * `/api/services/{id}/drain` for the instances of this host: POST as contract section 7.8 has it, `?for=15m` ends it by itself,
 * DELETE ends it at once.
 */
export function drainRoutes(
  router: Router,
  guards: Readonly<Record<'drain' | 'end', Middleware>>,
  drains: DrainControl,
): void {
  router.post('/api/services/:id/drain', guards.drain, (ctx) => {
    const { id = '' } = ctx.params;
    const forMs = ctx.query['for'] === undefined ? undefined : durationOf(ctx.query['for']);
    answer(ctx, id, drains.drain(id, forMs), 'set to DRAINING');
  });
  router.delete('/api/services/:id/drain', guards.end, (ctx) => {
    const { id = '' } = ctx.params;
    answer(ctx, id, drains.endDrain(id), 'no longer set to DRAINING');
  });
}

/** @throws HttpError 400 */
function durationOf(given: string | readonly string[]): Millis {
  const text = String(given);
  const parsed = parseDuration(text);
  if (parsed.ok && parsed.value >= SHORTEST_MS && parsed.value <= LONGEST_MS) return parsed.value;
  const expected = `a duration from ${formatDuration(SHORTEST_MS)} to ${formatDuration(LONGEST_MS)} such as 15m`;
  throw new HttpError(400, `for is ${printable(text)}, expected ${expected}`, 'FOR_INVALID');
}

/** @throws HttpError 404 */
function answer(ctx: Context, id: string, instance: { readonly name: string } | undefined, became: string): void {
  if (!instance) throw new HttpError(404, `Not Found - Service ID "${id}" not found`);
  const message = `Service "${instance.name}" instance "${id}" ${became}`;
  answerJson(ctx, 202, `{\n  "Message": ${goString(message)}\n}`);
}
