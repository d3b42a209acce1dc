import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { routersOf, type HttpAppDeps } from '../../src/http/app.js';
import type { MemberFacts } from '../../src/http/cluster.js';
import { OPENAPI, PATHS } from '../../src/http/openapi/document.js';
import type { Operation } from '../../src/http/openapi/operation.js';
import type { PlanAnswer } from '../../src/http/proxy.js';
import type { CheckStanding } from '../../src/http/routes/checks.js';
import type { ListenerStatus } from '../../src/http/routes/listeners.js';
import type { HostView, MemberViews } from '../../src/http/routes/views.js';
import { CONFIG, proxyLook } from '../support/proxy-look.js';
import { proxyStatus, TROUBLED } from '../support/proxy-status.js';
import { EndlessAnswer } from '../support/stream.js';
import { until } from '../support/until.js';
import { appWith, ask, depsWith, FakeCatalog, service, serving, snapshotOf, time } from './support.js';

interface Described {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

const described: readonly Described[] = Object.entries(PATHS).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]): Described => ({ method: method.toUpperCase(), path, operation })),
);

/** What the routers have: HEAD comes with every GET, and a route for all methods stands for GET. */
function routed(): readonly string[] {
  const layers = routersOf(depsWith()).flatMap(({ stack }) => stack);
  const routes = layers.flatMap(({ methods, path }) => {
    const isForAll = methods.length > 4;
    const named = isForAll ? ['GET'] : methods.filter((method) => method !== 'HEAD');
    return named.map((method) => `${method} ${String(path).replace(/[:*](\w+)/g, '{$1}')}`);
  });
  return routes.filter((route) => !route.endsWith('.{extension}')); // there to refuse what is no route
}

const isEndless = ({ path }: Described): boolean => path.endsWith('/watch') || path === '/api/events';

describe('the document', () => {
  test('names every route, and nothing else', () => {
    expect(described.map(({ method, path }) => `${method} ${path}`).sort()).toEqual([...routed()].sort());
  });

  test('is valid OpenAPI 3.1', async () => {
    const document = JSON.parse(JSON.stringify(OPENAPI)) as Record<string, unknown>;
    const validator = new Validator();
    expect(await validator.validate(document)).toEqual({ valid: true });
    expect(validator.version).toBe('3.1');
  });

  test('refers to what it has, and has nothing that is not referred to', () => {
    const text = JSON.stringify(OPENAPI);
    const referred = [...text.matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map((match) => match[1]);
    expect([...new Set(referred)].sort()).toEqual(Object.keys(OPENAPI.components.schemas).sort());
  });

  test('gives each operation a name of its own, a tag that it explains, and each parameter of the path', () => {
    const names = described.map(({ operation }) => operation.operationId);
    expect(new Set(names).size).toBe(names.length);
    const tags = new Set<string>(OPENAPI.tags.map(({ name }) => name));
    for (const { path, operation } of described) {
      expect(operation.tags.filter((tag) => !tags.has(tag))).toEqual([]);
      const inPath = (operation.parameters ?? []).filter((one) => one.in === 'path').map(({ name }) => `{${name}}`);
      expect(inPath).toEqual(path.match(/\{\w+\}/g) ?? []);
    }
  });

  test('asks for the token exactly where an operation needs it', async () => {
    await serving(appWith({ ...BUSY, token: 's3cret' }), async (port) => {
      for (const { method, path, operation } of described.filter((one) => !isEndless(one))) {
        const { status } = await ask(port, path.replace(/\{\w+\}/g, 'x'), method);
        expect([method, path, status === 401]).toEqual([method, path, operation.security !== undefined]);
      }
    });
  });
});

const STATUS: ListenerStatus = {
  ...{ url: 'http://h1:7778/update', source: 'config', service: undefined, state: 'ok', pending: 0, delivered: 1 },
  ...{ skipped: 0, failures: 0, lastFault: undefined, lastDeliveredAt: time('2026-11-22T11:10:00Z') },
};
const AWAY: ListenerStatus = { ...STATUS, source: 'service', service: 'web-a', state: 'away', lastFault: 'timed out' };

const SELF: MemberFacts = {
  ...{ name: 'h1', address: '10.0.0.1', port: 7946, state: 'alive', isSelf: true, incarnation: 1, lastHeardAgoMs: 0 },
  ...{ roundTripMs: 0.4, skewMs: -3, givenUpInMs: undefined, http: { port: 7777, isTls: false } },
  versions: { pmin: 1, pmax: 5, pcur: 2, dmin: 0, dmax: 0, dcur: 0 },
};
const MISSING: MemberFacts = {
  ...{ name: 'h2', address: '10.0.0.2', port: 7946, state: 'missing', isSelf: false, givenUpInMs: 3_600_000 },
  ...{ incarnation: undefined, lastHeardAgoMs: undefined, roundTripMs: undefined, skewMs: undefined },
  ...{ versions: undefined, http: undefined },
};

const PLAN: PlanAnswer = {
  kind: 'reload',
  changes: [{ kind: 'add', backend: 'web-9999', server: 'h1-a', detail: '10.0.0.1:80' }],
  reasons: [{ cause: 'section-added', text: 'a frontend' }],
  commands: ['show info'],
  diff: '+',
  findings: [{ service: 'bad', instance: undefined, servicePort: 1, code: 'NAME_UNSAFE', message: 'no name' }],
  verified: { ok: true },
};

const PROBLEM = { room: 'haproxy', code: 'X', subject: '', message: 'no', sinceNs: time('2026-11-22T11:10:00Z') };

const VIEW: HostView = {
  ...{ name: 'h1', state: 'alive', asked: 'self', message: undefined, sees: 1, differs: [], omitted: 0 },
  ...{ skewMs: 0, roundTripMs: undefined },
};
const VIEWS: Awaited<ReturnType<MemberViews['look']>> = {
  ...{ time: time('2026-11-22T11:10:00Z'), clusterName: 'prod', partitions: [['h1', 'h3']] },
  hosts: [
    VIEW,
    { ...VIEW, name: 'h2', state: 'dead', asked: 'not-asked', message: 'it is no live member', sees: undefined },
    { ...VIEW, name: 'h3', asked: 'answered', differs: [{ name: 'h4', state: 'unknown', ours: 'left' }] },
  ],
};

const TIMING = { intervalMs: 1_000, timeoutMs: 3_000, rise: 1, fall: 1 };
const CHECK: CheckStanding = {
  ...{ service: 'web', id: 'a', kind: 'http', target: 'http://h1/', status: 'healthy', isWaiting: false },
  last: { outcome: 'passed', output: '200 OK', endedAgoMs: 1, tookMs: 1 },
  ...{ streak: 1, runs: 1, failures: 0, runningMs: undefined, nextInMs: 1, ...TIMING },
};
const FIRST_RUN: CheckStanding = {
  ...{ ...CHECK, kind: 'command', target: undefined, status: 'undecided', last: undefined },
  ...{ runningMs: 1, nextInMs: undefined },
};

/** An agent of which there is something to tell everywhere. */
const BUSY: Partial<HttpAppDeps> = {
  catalog: new FakeCatalog(
    snapshotOf([
      service({ ext: { weight: 50, slowStartMs: 30_000 } }),
      service({ id: 'bare', name: 'bare', ports: null }),
    ]),
  ),
  members: { alive: () => ['h1'] },
  cluster: { members: () => [SELF, MISSING] },
  memberViews: { look: () => Promise.resolve(VIEWS) },
  checks: { reports: () => [CHECK, FIRST_RUN] },
  control: { leave: () => undefined, forget: (name) => (name === 'h2' ? 'forgotten' : 'unknown') },
  drains: { drain: () => ({ name: 'web' }), endDrain: () => ({ name: 'web' }) },
  proxy: { facts: () => proxyStatus(), plan: () => Promise.resolve(PLAN) },
  proxyLook: proxyLook(),
  listeners: { status: () => [STATUS, AWAY] },
  problems: { list: () => [PROBLEM], dropped: 0 },
};
const REFUSED: PlanAnswer = { ...PLAN, kind: 'refused', verified: { ok: false, code: 'X', message: 'no' } };
const UNWELL: Partial<HttpAppDeps> = {
  ...BUSY,
  proxy: { facts: () => TROUBLED, plan: () => Promise.resolve(REFUSED) },
  proxyLook: proxyLook({ config: () => ({ ...CONFIG, previous: undefined }) }),
  readiness: () => ['nothing is listed yet'],
  vitals: () => ['discovery has stopped'],
};

/** A JSON body and the schema that the document has for it; one that has keys which the schema does not name is refused, too. */
function misfits(body: string, { path, operation }: Described, status: number): unknown {
  const content = operation.responses[status]?.content?.['application/json'];
  expect([path, status, content !== undefined]).toEqual([path, status, true]);
  const ajv = new Ajv2020({ strict: false, allErrors: true, formats: { 'date-time': /^\d{4}-\d\d-\d\dT.*Z$/ } });
  const closed = JSON.parse(
    JSON.stringify({ ...OPENAPI.components, ...content?.schema })
      .replace(/"properties":/g, '"additionalProperties":false,"properties":')
      .replaceAll('#/components/schemas/', '#/schemas/'),
  ) as object;
  return ajv.validate(closed, JSON.parse(body)) ? [] : ajv.errors;
}

describe('what is answered has the shape that the document tells', () => {
  const inJson = described.filter(({ path, operation }) =>
    Object.entries(operation.responses).some(
      ([status, { content }]) => status.startsWith('2') && content?.['application/json'] && !path.endsWith('/watch'),
    ),
  );

  test.each(inJson)('$method $path', async (one) => {
    const target = one.path.replace('{name}', one.method === 'GET' ? 'web' : 'h2').replace('{id}', 'aaaaaaaaaaaa');
    for (const world of [BUSY, UNWELL, {}]) {
      await serving(appWith(world), async (port) => {
        for (const query of one.path.endsWith('state.json') ? ['', '?ext=1'] : ['']) {
          const { status, body } = await ask(
            port,
            target + query,
            one.method,
            {},
            one.operation.requestBody ? 'x' : '',
          );
          expect(misfits(body, one, status)).toEqual([]);
        }
      });
    }
  });

  test.each(described.filter(({ path }) => path.endsWith('/watch')))('$method $path', async (one) => {
    await serving(appWith(BUSY), async (port) => {
      for (const query of ['', '?by_service=false', '?by_service=false&ext=1']) {
        const watched = new EndlessAnswer(port, one.path + query);
        const body = await until('the first object is there', () => watched.chunks[0]);
        watched.destroy();
        expect(misfits(body, one, 200)).toEqual([]);
      }
    });
  });

  test('a 304 is told of exactly where there is an ETag to ask with', async () => {
    await serving(appWith(BUSY), async (port) => {
      for (const one of inJson.filter(({ method }) => method === 'GET')) {
        const { status, headers } = await ask(port, one.path.replace('{name}', 'web'), 'GET', {
          'If-None-Match': '""',
        });
        if (status === 200)
          expect([one.path, headers.has('ETag')]).toEqual([one.path, one.operation.responses['304'] !== undefined]);
      }
    });
  });

  test('a body with a key that is not told of, or without one that is, does not fit', () => {
    const one = described.find(({ path }) => path === '/ready')!;
    expect(misfits('{"ready":true,"waitingFor":[]}', one, 200)).toEqual([]);
    expect(misfits('{"ready":true,"waitingFor":[],"more":1}', one, 200)).not.toEqual([]);
    expect(misfits('{"ready":true}', one, 200)).not.toEqual([]);
  });
});

test('/api/openapi.json is that document, and pages of other origins may read it', async () => {
  await serving(appWith(), async (port) => {
    const { status, headers, body } = await ask(port, '/api/openapi.json');
    expect([status, headers.get('Content-Type'), headers.get('Access-Control-Allow-Origin')]).toEqual([
      200,
      'application/json',
      '*',
    ]);
    expect(JSON.parse(body)).toEqual(JSON.parse(JSON.stringify(OPENAPI)));
  });
});
