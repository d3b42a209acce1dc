import type Router from '@koa/router';
import type { CatalogReader, MembersReader } from '../../catalog/reader.js';
import type { WallClock } from '../../lib/ports.js';
import { answer } from '../answer.js';
import { serversListing } from '../servers-listing.js';

/** `GET /servers`: the plain listing by host. */
export function serversRoute(
  router: Router,
  deps: { readonly catalog: CatalogReader; readonly members: MembersReader; readonly wall: WallClock },
): void {
  router.get('/servers', (ctx) => {
    const { catalog, members, wall } = deps;
    answer(ctx, 200, 'text/html', serversListing(catalog.snapshot(), members.alive(), wall.nowNs()));
  });
}
