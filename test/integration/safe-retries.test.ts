import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Server as TcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { record } from '../support/records.js';
import { rendered } from '../haproxy/support/render.js';
import { freePort } from '../haproxy/support/world.js';
import { Program } from '../support/program.js';
import { until } from '../support/until.js';

jest.setTimeout(60_000);

/** A body that fits no buffer of HAProxy. */
const LARGE = 'x'.repeat(200_000);

let directory: string;
let cleanUps: (() => unknown)[];
/** Requests by their `x-id`, with the names of the backends that got them, in order. */
let seen: Map<string, string[]>;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sidecar-retries-'));
  cleanUps = [() => rm(directory, { recursive: true })];
  seen = new Map();
});
afterEach(async () => {
  for (const cleanUp of cleanUps.reverse()) await cleanUp();
});

/** The built-in template's HAProxy in front of these ports. @returns its port */
async function haproxy(mode: 'http' | 'tcp', ...ports: readonly number[]): Promise<number> {
  const servicePort = await freePort();
  const services = ports.map((port, i) =>
    record({ id: `i${i}`, proxyMode: mode, ports: [{ type: 'tcp', port, servicePort, ip: '127.0.0.1' }] }),
  );
  const config = join(directory, 'haproxy.cfg');
  const overrides = { bindIp: '127.0.0.1', statsBind: '', runtimeSocket: '' };
  await writeFile(config, rendered(services, overrides));
  const program = new Program('haproxy', 'haproxy', ['-db', '-f', config]);
  cleanUps.push(() => program.destroy());
  await until('HAProxy answers', () => fetch(`http://127.0.0.1:${servicePort}/`).then(({ ok }) => ok));
  return servicePort;
}

/** Answers every request with its name. */
async function good(name: string): Promise<{ readonly port: number; readonly server: Server }> {
  const server = createServer((request, response) => {
    note(String(request.headers['x-id']), name);
    request.on('end', () => response.end(name)).resume();
  });
  return { port: await listening(server), server };
}

/** Reads the head of a request, and closes the connection without a word. */
async function mute(): Promise<number> {
  return listening(
    createTcpServer((socket) => {
      let text = '';
      socket.on('error', () => undefined); // the other side may be quicker
      socket.on('data', (chunk) => {
        text += chunk.toString();
        if (!text.includes('\r\n\r\n')) return;
        note(/^x-id: (.*)\r$/m.exec(text)?.[1] ?? '', 'mute');
        socket.destroy();
      });
    }),
  );
}

function note(id: string, backend: string): void {
  seen.set(id, [...(seen.get(id) ?? []), backend]);
}

async function listening(server: Server | TcpServer): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanUps.push(() => {
    if ('closeAllConnections' in server) server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

interface Answer {
  readonly id: string;
  /** 0: none. */
  readonly status: number;
  readonly text: string;
}

let lastId = 0;
async function ask(port: number, method: string, body?: string): Promise<Answer> {
  const id = `${method}-${(lastId += 1)}`;
  try {
    const init = { method, headers: { 'x-id': id }, ...(body === undefined ? {} : { body }) };
    const response = await fetch(`http://127.0.0.1:${port}/`, init);
    return { id, status: response.status, text: await response.text() };
  } catch {
    return { id, status: 0, text: '' };
  }
}

async function askTimes(times: number, port: number, method: string, body?: string): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  while (answers.length < times) answers.push(await ask(port, method, body));
  return answers;
}

describe('a server that takes a request and closes without an answer', () => {
  test.each(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'])('costs no %s, which goes to another', async (method) => {
    const port = await haproxy('http', (await good('a')).port, await mute());
    const answers = await askTimes(10, port, method);
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    const ways = answers.map(({ id }) => seen.get(id)?.join(' '));
    expect(ways).toContain('mute a');
    expect(ways.every((way) => way === 'mute a' || way === 'a')).toBe(true);
  });

  test.each(['POST', 'PATCH'])('gets each %s at most once, and so does the other', async (method) => {
    const port = await haproxy('http', (await good('a')).port, await mute());
    const answers = await askTimes(10, port, method, 'once');
    // The client hears of it as a 502, or as an end of its kept connection.
    const ways = answers.map(
      ({ id, status }) => `${status === 200 ? 'answer' : 'none'} from ${seen.get(id)?.join(' ')}`,
    );
    expect([...new Set(ways)].sort()).toEqual(['answer from a', 'none from mute']);
  });
});

describe('a server that refuses connections', () => {
  test.each([
    ['GET', undefined],
    ['POST', 'small'],
    ['POST', LARGE],
    ['PUT', LARGE],
  ])('costs no %s, whatever its body, and nothing is sent twice', async (method, body) => {
    const port = await haproxy('http', (await good('a')).port, await freePort());
    const answers = await askTimes(10, port, method, body);
    expect(answers.map(({ id, status }) => `${status} ${seen.get(id)?.join(' ')}`)).toEqual(answers.map(() => '200 a'));
  });

  test('costs no connection in tcp mode', async () => {
    const port = await haproxy('tcp', (await good('a')).port, await freePort());
    const answers = [];
    while (answers.length < 10) {
      const response = await fetch(`http://127.0.0.1:${port}/`, { headers: { connection: 'close' } });
      answers.push(await response.text());
    }
    expect(answers).toEqual(answers.map(() => 'a'));
  });
});

test('one of two servers ends under load, connections and all, and no request that may be repeated fails', async () => {
  const [a, b] = [await good('a'), await good('b')];
  const port = await haproxy('http', a.port, b.port);
  let stop = false;
  const load = Array.from({ length: 8 }, async () => {
    const answers: Answer[] = [];
    while (!stop) answers.push(await ask(port, 'GET'));
    return answers;
  });
  const total = (name: string): number => [...seen.values()].filter((way) => way.at(-1) === name).length;
  await until('both serve', () => total('a') > 50 && total('b') > 50);
  b.server.close();
  b.server.closeAllConnections();
  const [before, last] = [total('a'), total('b')];
  await until('the other one serves alone', () => total('a') > before + 200);
  stop = true;
  const answers = (await Promise.all(load)).flat();
  expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
  expect(total('b')).toBe(last);
});
