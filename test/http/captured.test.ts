import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import type { HttpAppDeps } from '../../src/http/app.js';
import { appWith, ask, captured, fixture, serving, worldOf, type Answer, type Exchange } from './support.js';

const FIXTURES = new URL('../fixtures/contract/', import.meta.url);

/** Captures without the command that made them. */
const TARGETS: Readonly<Record<string, string>> = {
  'api/services.json.http': '/services.json',
  'api/state.json.http': '/state.json',
  'api/services_web.json.http': '/services/web.json',
};

/** Captures that other tests compare. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  'api/servers.http': 'test/http/routes/servers.test.ts',
  'v2/api-watch-drain.raw': 'test/http/captured-watch.test.ts',
  'watch/v1-by_service.raw': 'test/http/captured-watch.test.ts',
  'watch/v1-by_service.chunked.raw': 'test/http/captured-watch.test.ts',
  'watch/v1-by_service_false.raw': 'test/http/captured-watch.test.ts',
  'watch/v1-by_service_false-node-death.raw': 'test/http/captured-watch.test.ts',
};

/** Bodies without their heads. */
const BODIES = {
  '/services.json': ['api/services.json', 'api/services-health-kinds.json', 'api/services-after-node-death.json'],
  '/services/web.json': ['api/services_web.json'],
  '/state.json': ['api/state.json', 'api/state-at-start.json'],
} as const;

const files = ['api', 'v2', 'watch'].flatMap((folder) =>
  readdirSync(new URL(folder, FIXTURES)).map((name) => `${folder}/${name}`),
);
const isCompared = (file: string): boolean => file.endsWith('.http') && !(file in ELSEWHERE);
const exchanges = files
  .filter(isCompared)
  .flatMap((file) => captured(`../${file}`, TARGETS[file]).map((exchange) => ({ file, ...exchange })));

const DIFFERENCES = readFileSync('docs/differences.md', 'utf8');

/** The rows of the table of answers: a capture and its request, how our answer differs, and why. */
const listed = new Map(
  [...DIFFERENCES.matchAll(/^\| `([^`]+)` `([^`]+)` \| (.+?) \| (.+?) \|$/gm)].map((row) => {
    const [, file = '', request = '', difference = '', reason = ''] = row;
    return [`${file} ${request}`, { difference, reason }];
  }),
);

const keyOf = ({ file, method, target }: Exchange & { readonly file: string }): string => `${file} ${method} ${target}`;

/** What Node says of the connection, and the time, are no part of an answer. */
const PASSING = ['Date', 'Connection', 'Keep-Alive'];

/** In words, how an answer differs from the original's; empty when it does not. */
function differenceOf(original: Answer, ours: Answer): string {
  const isSameBody = original.body === ours.body;
  const ofBody = isSameBody ? [] : ['Content-Length'];
  const names = [...new Set([...original.headers.keys(), ...ours.headers.keys()])].sort();
  const headers = names.filter((name) => ![...PASSING, ...ofBody].includes(name));
  return [
    ...(original.status === ours.status ? [] : [`${original.status} → ${ours.status}`]),
    ...headers.filter((name) => !ours.headers.has(name)).map((name) => `no ${name}`),
    ...headers.filter((name) => !original.headers.has(name)).map((name) => `with ${name}`),
    ...headers
      .filter((name) => original.headers.has(name) && ours.headers.has(name))
      .filter((name) => original.headers.get(name) !== ours.headers.get(name))
      .map((name) => `another ${name}`),
    ...(isSameBody ? [] : isSameLines(original.body, ours.body) ? ['order'] : ['body']),
  ].join(', ');
}

const linesOf = (body: string): readonly string[] => body.replaceAll(',\n', '\n').split('\n').sort();
const isSameLines = (a: string, b: string): boolean => linesOf(a).join() === linesOf(b).join();

/** What the original knew when it answered, as far as the answer, or the state that was captured beside it, shows that. */
function worldBehind({ file, answer }: Exchange & { readonly file: string }): Partial<HttpAppDeps> {
  const isOfRecords = answer.status === 200 && /^\{(?:\n|"Servers")/.test(answer.body);
  const folder = file.startsWith('v2/') ? 'v2' : 'api';
  const [state] = captured(`../${folder}/state.json.http`);
  const world = worldOf(isOfRecords ? answer.body : (state?.answer.body ?? ''));
  const drain = (id: string) =>
    [...world.catalog.snapshot().servers.values()].map(({ services }) => services.get(id)).find((one) => one);
  return { ...world, drains: { drain, endDrain: drain } };
}

describe('the answers of the original (contract section 7)', () => {
  test.each(exchanges)('$file: $method $target', async (exchange) => {
    const { method, target, headers, answer } = exchange;
    await serving(appWith(worldBehind(exchange)), async (port) => {
      const ours = await ask(port, target, method, headers);
      expect(differenceOf(answer, ours)).toBe(listed.get(keyOf(exchange))?.difference ?? '');
    });
  });

  test('each difference that docs/differences.md lists is one of these, and has a reason', () => {
    const known = new Set(exchanges.map(keyOf));
    expect([...listed.keys()].filter((key) => !known.has(key))).toEqual([]);
    expect([...listed].filter(([, { reason }]) => reason.length < 20)).toEqual([]);
  });

  test.each([
    ['/static', 405],
    ['/static/', 404],
    ['/debug/pprof/heap', 404],
  ])('what was there for the old pages and the profiler is gone: %s is %i', async (target, status) => {
    await serving(appWith(), async (port) => expect((await ask(port, target)).status).toBe(status));
  });

  test('every capture is compared', () => {
    const compared = [...Object.keys(ELSEWHERE), ...Object.values(BODIES).flat()];
    expect(files.filter((file) => !isCompared(file) && !compared.includes(file))).toEqual([]);
    for (const [file, by] of Object.entries(ELSEWHERE))
      expect(readFileSync(by, 'utf8')).toContain(file.replace(/^api\//, ''));
  });
});

describe.each(Object.entries(BODIES))('the body of %s', (target, names) => {
  test.each(names)('%s', async (name) => {
    const body = fixture(`../${name}`);
    await serving(appWith(worldOf(body)), async (port) => {
      for (const path of [target, `/api${target}`]) {
        const ours = await ask(port, path);
        // Lists of one service have no order in the original; all others are the same byte for byte.
        if (target === '/services/web.json') expect(linesOf(ours.body)).toEqual(linesOf(body));
        else expect(ours.body).toBe(body);
      }
    });
  });
});
