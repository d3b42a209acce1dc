import type Router from '@koa/router';
import type { Middleware } from 'koa';
import type { CatalogReader } from '../../catalog/reader.js';
import { compareBytes } from '../../service/go-json.js';
import { answerFresh } from '../answer.js';
import type { ClusterControl, ClusterFacts, MemberFacts } from '../cluster.js';
import { HttpError } from '../http-error.js';

/** `GET /api/members`: who is in the cluster, by name; `POST /api/members/{name}/forget`: gives up one that is gone for good. */
export function memberRoutes(
  router: Router,
  guard: Middleware,
  deps: { readonly catalog: CatalogReader; readonly cluster: ClusterFacts; readonly control: ClusterControl },
): void {
  const { catalog, cluster, control } = deps;
  router.get('/api/members', (ctx) => {
    const { clusterName, hostname } = catalog.snapshot();
    const members = [...cluster.members()].sort((a, b) => compareBytes(a.name, b.name)).map(listed);
    answerFresh(ctx, 200, { clusterName, hostname, members });
  });
  router.post('/api/members/:name/forget', guard, (ctx) => {
    const { name = '' } = ctx.params;
    switch (control.forget(name)) {
      case 'unknown':
        throw new HttpError(404, `${name} is not looked for: it has left, is forgotten already, or was never here`);
      case 'alive':
        throw new HttpError(409, `${name} is not gone, and so is not forgotten; on its own host sidecar leave ends it`);
      case 'forgotten':
        answerFresh(ctx, 200, { message: `${name} is forgotten: it is not tried again` });
    }
  });
}

/** Every key in every member, null where nothing is known; times to a microsecond. */
function listed(member: MemberFacts): object {
  const { name, address, port, http, state, isSelf, incarnation, versions } = member;
  return {
    name,
    address,
    port,
    http: http ? { port: http.port, isTls: http.isTls } : null,
    state,
    isSelf,
    incarnation: incarnation ?? null,
    lastHeardAgoMs: rounded(member.lastHeardAgoMs),
    roundTripMs: rounded(member.roundTripMs),
    skewMs: rounded(member.skewMs),
    versions: versions ?? null,
    givenUpInMs: rounded(member.givenUpInMs),
  };
}

const rounded = (ms: number | undefined): number | null => (ms === undefined ? null : Math.round(ms * 1000) / 1000);
