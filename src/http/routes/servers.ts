import type Router from '@koa/router';
import type { CatalogReader, MembersReader } from '../../catalog/reader.js';
import type { WallClock } from '../../lib/ports.js';
import { answer } from '../answer.js';
import { oncePerSecond } from '../once-per-second.js';
import { serversListing } from '../servers-listing.js';

/** `GET /servers`: the plain listing by host. */
export function serversRoute(
  router: Router,
  deps: { readonly catalog: CatalogReader; readonly members: MembersReader; readonly wall: WallClock },
): void {
  const { catalog, members, wall } = deps;
  const page = oncePerSecond(wall, (now) => serversListing(catalog.snapshot(), members.alive(), now));
  router.get('/servers', (ctx) => answer(ctx, 200, 'text/html', page()));
}
