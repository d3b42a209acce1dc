import type Router from '@koa/router';
import type { CatalogReader, MembersReader } from '../../catalog/reader.js';
import type { WallClock } from '../../lib/ports.js';
import { answer } from '../answer.js';
import type { Condition } from '../condition.js';
import { oncePerSecond } from '../once-per-second.js';
import { PAGE_POLICY } from '../page-style.js';
import { servicesPage } from '../services-page.js';
import type { CatalogViews } from '../views.js';

/** `GET /services`: the page for people. */
export function servicesPageRoute(
  router: Router,
  deps: {
    readonly views: CatalogViews;
    readonly catalog: CatalogReader;
    readonly members: MembersReader;
    readonly condition: Condition;
    readonly wall: WallClock;
  },
): void {
  const { views, catalog, members, condition, wall } = deps;
  const page = oncePerSecond(wall, (now) => {
    const { clusterName, hostname } = catalog.snapshot();
    return servicesPage({
      clusterName,
      hostname,
      services: views.byName(),
      members: members.alive(),
      failures: condition.vitals(),
      problems: condition.problems.list(),
      waitingFor: condition.readiness(),
      now,
    });
  });
  router.get('/services', (ctx) => {
    ctx.set('Cache-Control', 'no-store');
    ctx.set('Content-Security-Policy', PAGE_POLICY);
    ctx.set('Referrer-Policy', 'no-referrer');
    ctx.set('X-Content-Type-Options', 'nosniff');
    answer(ctx, 200, 'text/html; charset=utf-8', page());
  });
}
