import type Router from '@koa/router';
import { recordText } from '../../service/codec.js';
import { encodeState } from '../../service/state-codec.js';
import { formatTimestamp } from '../../service/timestamp.js';
import { answerJson } from '../answer.js';
import { readHistoryQuery, readMoment } from '../event-query.js';
import { FewAtOnce } from '../few-at-once.js';
import { isEntitled } from '../guard.js';
import { HttpError } from '../http-error.js';
import type { HistoryReader, PastFault } from '../journal.js';
import { answerKept } from '../shared-json.js';

/** Each takes up to a tenth of a second, which others have to wait for. */
const MAX_MOMENTS = 8;

/**
 * `GET /api/history`: what happened; `GET /api/at`: what was believed, and what HAProxy had, at one time; the settings and the template
 * for those who may change something, since no other route tells of them. More than 8 moments at once are refused.
 */
export function historyRoutes(router: Router, journal: HistoryReader, token: string | undefined): void {
  const few = new FewAtOnce(MAX_MOMENTS, 'others ask for such a time');

  router.get('/api/history', async (ctx) => {
    const { entries, oldest, isTruncated } = await journal.history(readHistoryQuery(ctx.query));
    const facts = JSON.stringify({ oldest: oldest === undefined ? null : formatTimestamp(oldest), isTruncated });
    const events = entries.map(({ text }) => text).join(',\n');
    ctx.set('Cache-Control', 'no-store');
    return answerKept(ctx, Buffer.from(`{"events":[\n${events}],\n${facts.slice(1)}\n`));
  });

  router.get('/api/at', async (ctx) => {
    const time = readMoment(ctx.query);
    const past = await few.make(ctx, () => journal.at(time));
    if (!past.ok) throw new HttpError(404, sentenceOf(past.fault), past.fault.code);
    const { event, catalog, config = null } = past.value;
    const own = isEntitled(ctx, token) ? past.value : undefined;
    const surroundings = { template: own?.template ?? null, settings: own?.settings ?? null };
    const facts = JSON.stringify({ time: formatTimestamp(time), event, config, ...surroundings });
    ctx.set('Cache-Control', 'no-store');
    answerJson(ctx, 200, `${facts.slice(0, -1)},"catalog":${encodeState(catalog, recordText)}}\n`);
  });
}

function sentenceOf(fault: PastFault): string {
  switch (fault.code) {
    case 'nothing-kept':
      return 'nothing is kept: sidecar.history_size is 0, or nothing has happened yet';
    case 'before-oldest':
      return `what is kept begins at ${formatTimestamp(fault.oldest)}: history_size says how much is`;
    case 'damaged':
      return 'the journal is damaged there: what was believed is known again from its next snapshot on';
  }
}
