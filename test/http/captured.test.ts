import { describe, expect, test } from '@jest/globals';
import { appWith, ask, captured, comparable, fixture, serving, snapshotOf, worldOf, FakeCatalog } from './support.js';

/** Every captured exchange but those named below with their reason. */
const FILES: readonly (readonly [file: string, target?: string])[] = [
  ['services.json.http', '/services.json'],
  ['state.json.http', '/state.json'],
  ['gzip-state.http'],
  ['origin-services.http'],
  ['root.http'],
  ['double-slash.http'],
  ['not-found.http'],
  ['services-missing-json.http'],
  ['services-dotted.http'],
  ['services-escaped.http'],
  ['services-html-slash.http'],
  ['services-xml.http'],
  ['services-web-xml.http'],
  ['state-xml.http'],
  ['static-missing.http'],
  ['ui-missing.http'],
  ['head-services.http'],
  ['head-state.http'],
  ['post-services.http'],
  ['post-watch.http'],
  ['delete-services.http'],
  ['options-anything.http'],
  ['options-nested.http'],
  ['options-root.http'],
  ['options-services.http'],
  ['options-state.http'],
  ['options-watch.http'],
  ['edge-cases.http'],
  ['../v2/api-state.json.http'],
  ['../v2/api-state-xml.http'],
  ['../v2/api-not-found.http'],
  ['../v2/api-nested-not-found.http'],
  ['../v2/options-api.http'],
];

// Not compared here: `/servers` and `/services` have tests of their own; below `/ui` the original serves its console's files,
// for which `/ui/` forwards to `/services`; `/debug/pprof` is gone; `/api/services.json` is v2's, which v1 did not know.
const isConsoleFile = (target: string): boolean => /^\/ui(\/$|\/index.html$|\/css$)/.test(target);

const exchanges = FILES.flatMap(([file, target]) =>
  captured(file, target).map((exchange) => ({ file, ...exchange })),
).filter(({ target }) => !isConsoleFile(target));

describe('answers of the original (contract section 7)', () => {
  test.each(exchanges)('$file: $method $target', async ({ method, target, headers, answer }) => {
    const hasRecords = answer.body.startsWith('{\n') || answer.body.startsWith('{"Servers"');
    const world = hasRecords ? worldOf(answer.body) : { catalog: new FakeCatalog(snapshotOf([])) };
    await serving(appWith(world), async (port) => {
      expect(comparable(await ask(port, target, method, headers))).toEqual(comparable(answer));
    });
  });

  test.each(['services.json', 'services-health-kinds.json', 'services-after-node-death.json'])(
    '%s: the body of /services.json, byte for byte',
    async (file) => {
      const body = fixture(file);
      await serving(appWith(worldOf(body)), async (port) => {
        expect((await ask(port, '/services.json')).body).toBe(body);
        expect((await ask(port, '/api/services.json')).body).toBe(body);
      });
    },
  );

  test.each(['state.json', 'state-at-start.json'])('%s: the body of /state.json, byte for byte', async (file) => {
    const body = fixture(file);
    await serving(appWith(worldOf(body)), async (port) => {
      expect((await ask(port, '/state.json')).body).toBe(body);
      expect((await ask(port, '/api/state.json')).body).toBe(body);
    });
  });

  test('services_web.json.http: the same lines, the list in a fixed order where the original has none', async () => {
    const [exchange] = captured('services_web.json.http');
    const { answer } = exchange!;
    const lines = (body: string): readonly string[] => body.replaceAll(',\n', '\n').split('\n').sort();
    await serving(appWith(worldOf(answer.body)), async (port) => {
      const ours = await ask(port, '/services/web.json');
      expect(comparable({ ...ours, body: '' })).toEqual(comparable({ ...answer, body: '' }));
      expect(lines(ours.body)).toEqual(lines(answer.body));
    });
  });
});

describe('answers under /api, as the second version gave them', () => {
  const CORS = { 'Access-Control-Allow-Origin': '*', 'Access-Control-Allow-Methods': 'GET' };
  const JSON_TYPE = { 'Content-Type': 'application/json' };
  const NO_PAGE = { 'Content-Type': 'text/plain; charset=utf-8', 'X-Content-Type-Options': 'nosniff' };
  const WRONG_EXTENSION = '{"message":"Not Found - Invalid content type extension","status":"error"}';
  const MISSING = '{"message":"no instances of nope found","status":"error"}';

  test.each<['GET' | 'POST' | 'OPTIONS', string, number, Readonly<Record<string, string>>, string]>([
    ['GET', '/api/services/nope.json', 404, { ...CORS, ...JSON_TYPE }, MISSING],
    ['GET', '/api/services/web.xml', 404, { ...CORS, ...JSON_TYPE }, WRONG_EXTENSION],
    ['GET', '/api/services.xml', 404, { ...CORS, ...JSON_TYPE }, WRONG_EXTENSION],
    ['GET', '/api/state.xml', 404, JSON_TYPE, WRONG_EXTENSION],
    ['GET', '/api/nope', 405, {}, ''],
    ['GET', '/api/a/b', 404, NO_PAGE, '404 page not found\n'],
    ['POST', '/api/services.json', 405, {}, ''],
    ['OPTIONS', '/api/services.json', 200, CORS, ''],
    ['OPTIONS', '/api/anything', 200, CORS, ''],
  ])('%s %s: %i', async (method, target, status, headers, body) => {
    await serving(appWith(), async (port) => {
      expect(comparable(await ask(port, target, method))).toEqual({
        status,
        headers: { ...headers, 'Content-Length': String(body.length) },
        body,
      });
    });
  });
});
