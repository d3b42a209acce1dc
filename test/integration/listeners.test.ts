import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { Server, Socket } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { Agent, target } from '../support/agent.js';
import { freePorts, getJson, listen } from '../support/network.js';
import { until } from '../support/until.js';

interface Body {
  readonly State: {
    readonly Servers: Readonly<Record<string, { readonly Services: Readonly<Record<string, object>> }>>;
  };
  readonly ChangeEvent: { readonly Service: { readonly Name: string; readonly Status: number } };
}

interface Listed {
  readonly url: string;
  readonly state: string;
  readonly pending: number;
  readonly delivered: number;
}

/** Somebody who is told of changes, and behaves as a test wants. */
class Receiver {
  readonly bodies: Body[] = [];
  private readonly sockets = new Set<Socket>();
  private server: Server | undefined;

  constructor(
    readonly port: number,
    private readonly answer: RequestListener = (_request, response) => response.end(),
  ) {}

  async start(): Promise<this> {
    const server = createServer((request, response) => void this.receive(request, response));
    server.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
    });
    this.server = await listen(server, this.port);
    return this;
  }

  async stop(): Promise<void> {
    const { server } = this;
    if (!server) return;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/update`;
  }

  /** The services whose becoming alive it was told of, each once. */
  get alive(): readonly string[] {
    const events = this.bodies.map(({ ChangeEvent }) => ChangeEvent.Service);
    return [...new Set(events.filter(({ Status }) => Status === 0).map(({ Name }) => Name))];
  }

  private async receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = '';
    request.setEncoding('utf8').on('error', () => undefined);
    for await (const chunk of request) text += String(chunk);
    this.bodies.push(JSON.parse(text) as Body);
    this.answer(request, response);
  }
}

const FAULTY: Readonly<Record<string, RequestListener>> = {
  fails: (_request, response) => response.writeHead(500).end(),
  hangs: () => undefined,
  hangsUp: (_request, { socket }) => socket?.end('HTTP/1.1 200 OK\r\nContent-'),
  breaksOff: (_request, response) => {
    response.writeHead(200, { 'Content-Length': '1000' });
    response.write('half', () => response.destroy());
  },
  neverEnds: (_request, response) => {
    response.writeHead(200);
    const write = (): void => {
      if (response.write('x'.repeat(65_536))) setImmediate(write);
      else response.once('drain', write);
    };
    write();
  },
  circles: (_request, response) => response.writeHead(307, { Location: '/update' }).end(),
};

const service = (name: string): object => target(name, 10_234, 9_999, { Type: 'AlwaysSuccessful' }) as object;
const NAMES = ['one', 'two', 'three'];

let agent: Agent | undefined;
let receivers: Receiver[] = [];

afterEach(async () => {
  await agent?.destroy();
  await Promise.all(receivers.map((receiver) => receiver.stop()));
  receivers = [];
});

async function receiversWith(answers: readonly (RequestListener | undefined)[]): Promise<Receiver[]> {
  const ports = await freePorts(answers.length);
  receivers = answers.map((answer, i) => new Receiver(ports[i] ?? 0, answer));
  return receivers;
}

async function startAgent(urls: readonly string[], targets: readonly unknown[]): Promise<Agent> {
  agent = await Agent.start({
    targets,
    toml: { haproxy: ['disable = true'], listeners: [`urls = ${JSON.stringify(urls)}`] },
  });
  return agent;
}

const listed = async (asked: Agent): Promise<readonly Listed[]> =>
  (await getJson(asked.url('/api/listeners'))) as Listed[];

const stateOf = async (asked: Agent, { url }: Receiver): Promise<Listed | undefined> =>
  (await listed(asked)).find((one) => one.url === url);

describe('the listeners of an agent', () => {
  test('a healthy one hears of everything while others are down, slow or broken in every way, and each gets the newest state when it is well', async () => {
    const kinds = Object.keys(FAULTY);
    const [healthy, down, slow, ...faulty] = await receiversWith([
      undefined,
      undefined,
      (_request, response) => void healthyHasAll.then(() => response.end()),
      ...Object.values(FAULTY),
    ]);
    if (!healthy || !down || !slow) throw new Error('there are at least three');
    let letGo = (): void => undefined;
    const healthyHasAll = new Promise<void>((resolve) => (letGo = resolve));
    await Promise.all([healthy, slow, ...faulty].map((receiver) => receiver.start()));
    const running = await startAgent(
      receivers.map(({ url }) => url),
      [service('zero')],
    );

    await until('the healthy one is told of the first', () => healthy.alive.includes('zero'));
    running.writeTargets(['zero', ...NAMES].map(service));
    await until('the healthy one is told of all', () => NAMES.every((name) => healthy.alive.includes(name)));
    letGo();
    const isThere = (receiver: Receiver): boolean =>
      NAMES.every((name) => JSON.stringify(receiver.bodies.at(-1)?.State ?? {}).includes(`"Name":"${name}"`));
    await until('the slow one has the newest state', () => isThere(slow));
    const unwell = async (): Promise<readonly string[]> =>
      (await listed(running)).filter(({ state }) => state !== 'ok').map(({ url }) => url);
    const broken = kinds.flatMap((kind, i) => (['breaksOff', 'neverEnds'].includes(kind) ? [] : [faulty[i]?.url]));
    await until('those that cannot be told are known', async () => (await unwell()).length === broken.length + 1);
    expect(new Set(await unwell())).toEqual(new Set([down.url, ...broken]));
    const isAway = async (): Promise<boolean> => (await stateOf(running, down))?.state === 'away';
    await until('the one that is down is away', isAway);
    expect(await running.problems()).toContain('LISTENER_AWAY');

    await down.start();
    await until('the one that was down has the newest state', () => isThere(down), 5_000);
    await until('it is told the rest', async () => (await stateOf(running, down))?.pending === 0);
    expect(down.alive).toEqual(['zero', ...NAMES]);
    running.kill();
    expect(await running.ended()).toEqual({ code: 0, signal: null });
  }, 90_000);

  test('a service with a ListenPort is told of changes as long as it is there', async () => {
    const [receiver] = await receiversWith([undefined]);
    if (!receiver) throw new Error('there is one');
    await receiver.start();
    const listening = {
      ...(target('listening', receiver.port, 9_998, { Type: 'AlwaysSuccessful' }) as object),
      ListenPort: receiver.port,
    };
    const running = await startAgent([], [service('zero'), listening]);
    await until('it is told of itself', () => receiver.alive.includes('listening'));
    expect(await listed(running)).toMatchObject([{ url: receiver.url, source: 'service', state: 'ok', skipped: 0 }]);
    running.writeTargets([service('zero')]);
    await until('it is no listener any more', async () => (await listed(running)).length === 0);
    expect(await running.problems()).toEqual([]);
  });
});
