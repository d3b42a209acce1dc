import { readdirSync, readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { afterEach, describe, expect, test } from '@jest/globals';
import { captured } from '../http/support.js';
import { captured as posts } from '../listeners/support.js';
import { objectsIn } from '../support/stream.js';
import { DecodeError } from './go-json.js';
import { HaproxyApi } from './haproxy-api.js';
import { decode, decodeStream, decodeUpdate, Receiver, shouldNotify } from './receiver.js';
import { SmallServer, type Reply } from './server.js';
import { SidecarDns } from './sidecar-dns.js';
import { SidecarExecutor } from './sidecar-executor.js';
import { Superside } from './superside.js';
import { TraefikProvider } from './traefik.js';

/** The first answer of a capture. */
function answerOf(file: string) {
  const [exchange] = captured(`../${file}`);
  const { status = 0, headers = new Map<string, string>(), body = '' } = exchange?.answer ?? {};
  return { status, headers: Object.fromEntries([...headers].filter(([name]) => name !== 'Date')), body };
}

/** A captured stream, one object to a chunk as it came. */
function streamOf(file: string) {
  const text = readFileSync(new URL(`../fixtures/contract/watch/${file}`, import.meta.url), 'utf8');
  return {
    status: 200,
    headers: { 'Content-Type': 'application/json' },
    body: objectsIn(text.replace(/^HTTP[^]*?\r\n\r\n/, '')),
  };
}

const STATE = answerOf('api/state.json.http');
const NO_SUCH_ROUTE = answerOf('api/not-found.http');
const UPDATES = posts('listeners/v1-static-update.post.txt').map(({ body }) => body);
const [DEATH = ''] = posts('listeners/v1-node-death.post.txt').map(({ body }) => body);

let original: SmallServer | undefined;
afterEach(() => original?.stop());

/** The original, as far as it was captured. */
async function originalWith(replies: Readonly<Record<string, Reply>>): Promise<SmallServer> {
  original = await new SmallServer(({ request }) => replies[request] ?? NO_SUCH_ROUTE).start();
  return original;
}

const requestsOf = ({ asked }: SmallServer): readonly string[] => asked.map(({ request }) => request);

describe('sidecar-executor', () => {
  const DRAIN = 'POST /api/services/f2d70396e98b/drain';
  const id = 'f2d70396e98b5c6d0e47';

  test('lets a task be while its service is alive, unknown, draining, or not there, and ends it at the third look that is bad', async () => {
    for (const [status, ends] of [
      [0, false],
      [1, true],
      [2, true],
      [3, false],
      [4, false],
    ] as const) {
      const body = STATE.body.replaceAll('"Status":0', `"Status":${status}`);
      const server = await originalWith({ 'GET /state.json': { ...STATE, headers: {}, body } });
      const executor = new SidecarExecutor(server.url, 'h1', id);
      expect([await executor.look(), await executor.look(), await executor.look()]).toEqual([false, false, ends]);
      const elsewhere = new SidecarExecutor(server.url, 'h1.example', id);
      expect([await elsewhere.look(), await elsewhere.look(), await elsewhere.look()]).toEqual([false, false, false]);
      await server.stop();
    }
  });

  test('drains by one request without a body, and is content with 202', async () => {
    const server = await originalWith({ [DRAIN]: answerOf('v2/drain-ok.http') });
    expect(await new SidecarExecutor(server.url, 'h1', id).drain()).toBe(true);
    expect(server.asked).toMatchObject([{ request: DRAIN, body: '', headers: { 'content-length': '0' } }]);
    expect(server.asked[0]?.headers).not.toHaveProperty('content-type');
  });

  test('gives a drain up after six answers that are none', async () => {
    const server = await originalWith({ [DRAIN]: answerOf('v2/drain-missing.http') });
    expect(await new SidecarExecutor(server.url, 'h1', id).drain()).toBe(false);
    expect(requestsOf(server)).toEqual(Array(6).fill(DRAIN));
  });
});

describe('Superside', () => {
  test('sees a deployment in each new instance, and every change', () => {
    const superside = new Superside();
    for (const body of UPDATES) expect(superside.update(body)).toEqual({ status: 200, body: '{"Message":"OK"}' });
    expect(superside.deployments).toMatchObject([
      { cluster: 'samplecluster', name: 'web', version: '1.2.3', hostname: 'h1' },
      { cluster: 'samplecluster', name: 'db', version: '9', hostname: 'h1' },
    ]);
    expect(superside.events).toEqual([
      'web on h1: 3 -> 2',
      'db on h1: 3 -> 2',
      'web on h1: 2 -> 0',
      'db on h1: 2 -> 0',
    ]);
  });

  test('saw no tombstone in the death of a host (fault 3)', () => {
    const superside = new Superside();
    superside.update(DEATH);
    expect(superside.events).toEqual(['web on h2: 0 -> 0']);
  });
});

describe('sidecar-dns', () => {
  const web = (host: 1 | 2, id: string): readonly string[] => [
    `9999.tcp.web.${id}.a.example A 10.79.0.${host}`,
    `_9999._web._tcp.example SRV 0 0 10234 9999.tcp.web.${id}.a.example`,
  ];
  const db = [
    '5432.tcp.db.61212ad48690.a.example A 10.79.0.1',
    '5433.udp.db.61212ad48690.a.example A 10.79.0.1',
    '_5432._db._tcp.example SRV 0 0 15432 5432.tcp.db.61212ad48690.a.example',
    '_5433._db._tcp.example SRV 0 0 15433 5433.udp.db.61212ad48690.a.example',
  ];

  test('has the records of the state that it fetched, once, and then of newer ones that are posted', async () => {
    const server = await originalWith({ 'GET /state.json': STATE });
    const dns = new SidecarDns(server.url, 'example');
    await dns.start();
    const atStart = [...web(1, 'f2d70396e98b'), ...web(2, '369d39b6ab72'), ...db].sort();
    expect(dns.records).toEqual(atStart);
    expect(dns.update(UPDATES[3] ?? '')).toBe(200); // of before the state
    expect(dns.records).toEqual(atStart);
    expect(dns.update(DEATH)).toBe(200);
    expect(dns.records).toEqual([...web(1, 'f2d70396e98b'), ...db].sort());
    expect(requestsOf(server)).toEqual(['GET /state.json']);
  });
});

describe('the Traefik provider', () => {
  const [alone, both] = [{ db: ['http://h1:15433'], web: ['http://h1:10234'] }, ['http://h1:10234', 'http://h2:10234']];

  test.each<['states' | 'services', string, string]>([
    ['states', '/watch?by_service=false', 'v1-by_service_false.raw'],
    ['services', '/watch', 'v1-by_service.raw'],
  ])('follows the stream of %s from the state at its start', async (form, path, file) => {
    const server = await originalWith({ 'GET /state.json': STATE, [`GET ${path}`]: streamOf(file) });
    const traefik = new TraefikProvider(server.url, form);
    await traefik.start();
    await traefik.watch(new AbortController().signal);
    const shown = traefik.configurations.map((backends) => Object.fromEntries(backends));
    expect(shown).toEqual([{ ...alone, web: both }, alone, alone, { ...alone, web: both }]);
    expect(requestsOf(server)).toEqual(['GET /state.json', `GET ${path}`]);
  });

  test('does not start without a state', async () => {
    const server = await originalWith({});
    await expect(new TraefikProvider(server.url, 'states').start()).rejects.toThrow('answered 405');
  });
});

describe('haproxy-api', () => {
  const [db, h1, h2] = [['db 10.79.0.1:15432', 'db 10.79.0.1:15433'], 'web 10.79.0.1:10234', 'web 10.79.0.2:10234'];

  test('writes what it fetched, and what newer posts tell if the change matters', async () => {
    const server = await originalWith({ 'GET /state.json': STATE });
    const api = new HaproxyApi(server.host);
    await api.start();
    expect(api.written).toEqual([[...db, h1, h2]]);
    expect(UPDATES.map((body) => api.update(body))).toEqual([200, 200, 200, 200]);
    expect(api.written).toHaveLength(1);
    expect(api.update(DEATH)).toBe(200);
    expect(api.written[1]).toEqual([...db, h1]);
  });

  test('follows: at each object it fetches the state below /api', async () => {
    const server = await originalWith({
      'GET /watch': streamOf('v1-by_service.raw'),
      'GET /api/state.json': answerOf('v2/api-state.json.http'),
    });
    const api = new HaproxyApi(server.host);
    await api.follow(new AbortController().signal);
    expect(requestsOf(server)).toEqual(['GET /watch', ...Array<string>(3).fill('GET /api/state.json')]);
    expect(api.written).toEqual(Array(3).fill([...db, h1]));
  });
});

describe('the receiver library', () => {
  test('decodes states, streams of states and events, to the nanosecond', async () => {
    const state = decode(STATE.body);
    expect([state.clusterName, state.hostname, [...state.servers.keys()]]).toEqual([
      'samplecluster',
      'h1',
      ['h1', 'h2'],
    ]);
    expect(state.servers.get('h1')?.services.get('f2d70396e98b')?.updated).toBe(1_795_345_815_078_113_097n);
    const stream = streamOf('v1-by_service_false.raw').body.join('');
    const pieces: readonly string[] = stream.match(/[^]{1,7}/g) ?? [];
    const seen: number[] = [];
    for await (const { servers } of decodeStream(Readable.from(pieces))) seen.push(servers.size);
    expect(seen).toEqual([1, 2, 2]);
    expect(decodeUpdate(DEATH)).toMatchObject({ previousStatus: 0, service: { name: 'web', hostname: 'h2' } });
  });

  test.each<[string, string]>([
    ['no servers', STATE.body.replace(/"Servers":\{.*\}\},/, '"Servers":null,')],
    ['a key left out', STATE.body.replace('"ProxyMode":"tcp",', '')],
    ['a status in words', STATE.body.replace('"Status":0', '"Status":"Alive"')],
    ['a time without a zone', STATE.body.replace(/"LastChanged":"([^"]*)Z"/, '"LastChanged":"$1"')],
    ['half a body', STATE.body.slice(0, 200)],
  ])('refuses a state with %s', (_fault, body) => {
    expect(() => decode(body)).toThrow(DecodeError);
  });

  test('answers 500 to what is no event, and takes none that is not newer', () => {
    const told: string[] = [];
    const receiver = new Receiver(({ lastChanged }) => told.push(String(lastChanged)));
    expect(['', '{}', '[]', STATE.body].map((body) => receiver.update(body))).toEqual([500, 500, 500, 500]);
    expect([DEATH, DEATH, ...UPDATES].map((body) => receiver.update(body))).toEqual(Array(6).fill(200));
    expect(told).toHaveLength(1);
    expect(receiver.lastService?.hostname).toBe('h2');
  });

  test.each([
    [3, 0, true],
    [0, 2, true],
    [2, 3, false],
    [3, 2, false],
    [1, 2, false],
    [0, 3, true],
    [2, 1, true],
    [0, 4, true],
    [9, 0, true],
  ])('from status %i to %i: %s', (previous, status, notifies) => {
    expect(shouldNotify(previous, status)).toBe(notifies);
  });
});

test('none of them knows anything of our code', () => {
  const folder = new URL('.', import.meta.url);
  const clients = readdirSync(folder).filter((name) => !name.endsWith('.test.ts'));
  expect(clients.length).toBeGreaterThanOrEqual(8);
  for (const name of clients) {
    const imports = [...readFileSync(new URL(name, folder), 'utf8').matchAll(/from '([^']+)'/g)].map(
      (match) => match[1],
    );
    expect(imports.filter((one) => !/^(?:node:[\w/]+|\.\/[\w-]+\.js)$/.test(one ?? ''))).toEqual([]);
  }
});
