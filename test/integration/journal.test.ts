import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { Agent, target } from '../support/agent.js';
import { Backend, freePorts, get, getJson } from '../support/network.js';
import { EndlessAnswer } from '../support/stream.js';
import { until } from '../support/until.js';

interface Told {
  readonly id: number;
  readonly time: string;
  readonly kind: string;
  readonly what: string;
  readonly text: string;
  readonly digest?: string;
}

interface Past {
  readonly event: number;
  readonly config: { readonly digest: string; readonly text: string } | null;
  readonly catalog: { readonly Servers: Readonly<Record<string, { readonly Services: object }>> };
}

interface ProxyNow {
  readonly catalogVersion: { readonly applied: number | null; readonly current: number };
  readonly config: { readonly diskDigest: string | null; readonly runtimeDigest: string | null };
}

/** Instances that are always well, so that only the file of services changes what is served. */
const WELL = { Type: 'AlwaysSuccessful', Args: '' };

const open: { destroy(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.destroy();
});

async function started(toml: Readonly<Record<string, readonly string[]>> = {}, targets: unknown = []): Promise<Agent> {
  const agent = await Agent.prepare({ toml, targets });
  open.push(agent);
  agent.spawn();
  await agent.untilReady();
  return agent;
}

async function answering(): Promise<Backend> {
  const backend = await Backend.start('web');
  open.push({ destroy: () => backend.stop() });
  return backend;
}

async function historyOf(agent: Agent, query = ''): Promise<readonly Told[]> {
  return ((await getJson(agent.url(`/api/history?limit=10000${query}`))) as { events: readonly Told[] }).events;
}

const pastOf = async (agent: Agent, time: string): Promise<Past> =>
  (await getJson(agent.url(`/api/at?time=${encodeURIComponent(time)}`))) as Past;

const words = (events: readonly Told[]): readonly string[] => events.map(({ kind, what }) => `${kind} ${what}`);

const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);

/** Waits until HAProxy, its file and the journal are level. @returns the digest and the file */
async function level(agent: Agent): Promise<{ readonly digest: string; readonly text: string }> {
  return until('HAProxy and the journal have the last change', async () => {
    const { catalogVersion, config } = (await getJson(agent.url('/api/proxy'))) as ProxyNow;
    const { runtimeDigest: digest } = config;
    const text = agent.config();
    const isLevel = catalogVersion.applied === catalogVersion.current && config.diskDigest === digest;
    if (!isLevel || digest === null || digestOf(text) !== digest) return undefined;
    const told = (await historyOf(agent, '&kind=proxy')).findLast((event) => event.digest !== undefined);
    return told?.digest === digest ? { digest, text } : undefined;
  });
}

test('every configuration that HAProxy had can be told again to the byte, over changes, segments, a restart and a kill', async () => {
  const [first = 0, second = 0, third = 0] = await freePorts(3);
  const agent = await started({ sidecar: ['history_size = 200'] });
  const lists = [
    [target('web', 9, first, WELL)],
    [target('web', 9, first, WELL), target('web', 10, first, WELL)],
    [target('web', 10, first, WELL), target('db', 11, second, WELL, 'tcp')],
    [target('db', 11, second, WELL, 'tcp')],
    [target('db', 12, third, WELL, 'tcp'), target('web', 9, first, WELL)],
  ];
  const files = new Map<string, string>();
  for (const [n, targets] of lists.entries()) {
    agent.writeTargets(targets);
    await until('the list is in the catalog', async () => {
      const { Services } = await agent.catalog();
      return (
        Object.values(Services)
          .flat()
          .filter(({ Status }) => Status === 0).length === targets.length
      );
    });
    const { digest, text } = await level(agent);
    files.set(digest, text);
    await until('it is on disk', () => onDisk(agent).includes(digest));
    if (n === 1 || n === 3) {
      agent.kill(n === 1 ? 'SIGKILL' : 'SIGTERM');
      await agent.ended();
      agent.spawn();
      await agent.untilReady();
    }
  }
  const proxies = (await historyOf(agent, '&kind=proxy')).filter(({ digest }) => digest !== undefined);
  const seen = new Set<string>();
  for (const { id, time, digest } of proxies) {
    const { event, config } = await pastOf(agent, time);
    expect([event, config?.digest]).toEqual([id, digest]);
    expect(digestOf(config?.text ?? '')).toBe(digest);
    if (files.has(digest ?? '')) expect(config?.text).toBe(files.get(digest ?? ''));
    seen.add(digest ?? '');
  }
  expect([...files.keys()].filter((digest) => !seen.has(digest))).toEqual([]);
  expect(readdirSync(agent.path('state/journal')).length).toBeGreaterThan(2);
});

test('an agent that was killed still knows what happened, its ids go on, and a reader reads on where it was', async () => {
  const backend = await answering();
  const [servicePort = 0] = await freePorts(1);
  const agent = await started({ sidecar: ['check_interval = "200ms"'] }, [target('web', backend.port, servicePort)]);
  await level(agent);
  const reader = new EndlessAnswer(agent.httpPort, '/api/events?after=0');
  await until('the reader has the reload', () => reader.chunks.join('').includes('event: proxy'));
  const before = await historyOf(agent);
  await until('all of it is on disk', () => onDisk(agent).includes(`{"id":${before.at(-1)?.id ?? 0},`));
  agent.kill('SIGKILL');
  await agent.ended();
  reader.destroy();
  const lastId = Number([...reader.chunks.join('').matchAll(/^id: (\d+)$/gm)].at(-1)?.[1]);
  agent.spawn();
  await agent.untilReady();
  const after = await historyOf(agent);
  expect(after.slice(0, before.length)).toEqual(before);
  const news = after.slice(before.length);
  expect(words(news)[0]).toBe('agent started');
  expect(news.map(({ id }) => id)).toEqual(news.map((_, i) => (news[0]?.id ?? 0) + i));
  expect(news[0]?.id).toBeGreaterThan(before.at(-1)?.id ?? 0);
  const again = new EndlessAnswer(agent.httpPort, '/api/events', { 'Last-Event-ID': String(lastId) });
  await until('the reader has the start', () => again.chunks.join('').includes('"what":"started"'));
  again.destroy();
  const ids = [...again.chunks.join('').matchAll(/^id: (\d+)$/gm)].map((match) => Number(match[1]));
  expect(ids[0]).toBe(after.find(({ id }) => id > lastId)?.id);
  expect(again.chunks.join('')).not.toContain('event: gap');
});

test('the way of one failure is told from the check to HAProxy, with what the check showed unless that is not wanted', async () => {
  for (const isKept of [true, false]) {
    const backend = await answering();
    const [servicePort = 0] = await freePorts(1);
    const agent = await started({ sidecar: ['check_interval = "200ms"', `history_check_output = ${isKept}`] }, [
      target('web', backend.port, servicePort),
    ]);
    await level(agent);
    const since = (await historyOf(agent)).at(-1)?.time ?? '';
    await backend.stop();
    const told = await until('it is told', async () => {
      const events = (await historyOf(agent, `&since=${encodeURIComponent(since)}`)).slice(1);
      return events.some(({ kind }) => kind === 'proxy') ? events : undefined;
    });
    expect(words(told).slice(0, 2)).toEqual(['check failed', 'service status']);
    expect(words(told)).toContain('proxy runtime');
    expect(told.slice(0, 2).map(({ text }) => text.includes('ECONNREFUSED'))).toEqual([isKept, isKept]);
    if (!isKept) expect(onDisk(agent)).not.toContain('ECONNREFUSED');
    const past = await pastOf(agent, since);
    expect(JSON.stringify(past.catalog)).toContain('"Status":0');
  }
});

test('a damaged journal starts, keeps what is whole, and says so once', async () => {
  const agent = await started();
  const before = await until('something is told', async () => {
    const events = await historyOf(agent);
    return onDisk(agent).includes(`{"id":${events[0]?.id ?? 'none'},`) ? events : undefined;
  });
  agent.kill();
  await agent.ended();
  const folder = agent.path('state/journal');
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const bytes = readFileSync(path);
    bytes[bytes.length >> 1] = 0;
    writeFileSync(path, bytes.subarray(0, bytes.length - 3));
  }
  const mark = agent.log.length;
  agent.spawn();
  await agent.untilReady();
  expect(agent.log.slice(mark).match(/the journal is damaged/g)).toHaveLength(1);
  const after = await historyOf(agent);
  expect(words(after)).toContain('agent started');
  expect(after.at(-1)?.id).toBeGreaterThan(before.at(-1)?.id ?? 0);
  expect((await get(agent.url('/health'))).status).toBe(200);
});

function onDisk(agent: Agent): string {
  const folder = agent.path('state/journal');
  return readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('');
}
