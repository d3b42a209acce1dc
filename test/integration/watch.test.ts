import { readFileSync } from 'node:fs';
import { afterEach, expect, test } from '@jest/globals';
import { samplesIn } from '../metrics/exposition.js';
import { Agent, target } from '../support/agent.js';
import { get } from '../support/network.js';
import { EndlessAnswer } from '../support/stream.js';
import { until } from '../support/until.js';

const DRAINING = 4;

const opened: { destroy(): Promise<void> | void }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.destroy();
});

/** An agent without HAProxy that knows `count` services. */
async function agentWith(count: number): Promise<Agent> {
  const agent = await Agent.start({
    toml: { haproxy: ['disable = true'] },
    targets: Array.from({ length: count }, (_, i) => target(`service-${i}`, 1000 + i, 0, { Type: 'AlwaysSuccessful' })),
  });
  opened.push(agent);
  await until(`all ${count} are alive`, async () => {
    const { Services } = await agent.catalog();
    return Object.values(Services).filter(([one]) => one?.Status === 0).length === count;
  });
  return agent;
}

function watch(agent: Agent, query = ''): EndlessAnswer {
  const watched = new EndlessAnswer(agent.httpPort, `/watch${query}`);
  opened.push(watched);
  return watched;
}

const figures = async (agent: Agent): Promise<Readonly<Record<string, number>>> =>
  samplesIn((await get(agent.url('/metrics'))).body);

/** Takes the only instance of a service out, or back. */
async function drain(agent: Agent, id: string, method: 'POST' | 'DELETE'): Promise<void> {
  const { status } = await fetch(agent.url(`/api/services/${id}/drain`), { method });
  expect(status).toBe(202);
}

/** Whether an object by host shows an instance of this host as drained. */
function isDrained(id: string, object: string | undefined): boolean {
  const { Servers } = JSON.parse(object ?? '') as {
    Servers: Record<string, { Services: Record<string, { Status: number }> }>;
  };
  return Object.values(Servers).some(({ Services }) => Services[id]?.Status === DRAINING);
}

const idOf = async (agent: Agent, name: string): Promise<string> => (await agent.instances(name))[0]?.ID ?? '';

test('500 watchers all get the newest state after a change', async () => {
  const agent = await agentWith(20);
  const watchers = Array.from({ length: 500 }, () => watch(agent, '?by_service=false'));
  await until('all have the first object', () => watchers.every(({ chunks }) => chunks.length === 1));
  const id = await idOf(agent, 'service-7');
  await drain(agent, id, 'POST');
  await until('all have the newest', () => watchers.every(({ chunks }) => isDrained(id, chunks.at(-1))));
  expect(await figures(agent)).toMatchObject({ sidecar_http_watchers: 500, sidecar_http_watch_unsent_bytes: 0 });
});

test('watchers that stop reading cost no more than one object each, and have the newest one when they read again', async () => {
  const agent = await agentWith(1000);
  const [id, lastId] = [await idOf(agent, 'service-7'), await idOf(agent, 'service-8')];
  const reader = watch(agent, '?by_service=false');
  const stuck = Array.from({ length: 20 }, () => watch(agent, '?by_service=false'));
  await until('all have the first object', () => [reader, ...stuck].every(({ chunks }) => chunks.length === 1));
  const size = reader.chunks[0]?.length ?? 0;
  const before = await figures(agent);
  for (const one of stuck) one.pause();

  for (let round = 0; round < 50; round += 1) {
    const seen = reader.chunks.length;
    for (const method of ['POST', 'DELETE', 'POST', 'DELETE'] as const) await drain(agent, id, method);
    await until('the one that reads has a newer one', () => reader.chunks.length > seen);
  }
  await drain(agent, lastId, 'POST');
  await until('the one that reads has the newest', () => isDrained(lastId, reader.chunks.at(-1)));

  const after = await figures(agent);
  const grown = (name: string): number => (after[name] ?? 0) - (before[name] ?? 0);
  expect(grown('sidecar_http_watch_objects_skipped_total')).toBeGreaterThan(0);
  expect(after['sidecar_http_watch_unsent_bytes']).toBeLessThanOrEqual(stuck.length * size * 1.1);
  expect(grown('process_resident_memory_bytes')).toBeLessThan(200_000_000); // one of each change for all would be over a gigabyte
  for (const one of stuck) one.resume();
  await until('the others have it, too', () => stuck.every(({ chunks }) => isDrained(lastId, chunks.at(-1))));
  for (const { chunks } of stuck) expect(chunks.length).toBeLessThan(reader.chunks.length);
});

test('a watcher that says nothing is asked by the system whether it is still there, and one that hangs up is forgotten', async () => {
  const agent = await agentWith(1);
  const watched = watch(agent);
  await until('it has the first object', () => watched.chunks.length === 1);
  const port = agent.httpPort.toString(16).toUpperCase().padStart(4, '0');
  // Of /proc/net/tcp: local and remote address, state 01 = established, queues, timer 02 = keepalive.
  const timed = new RegExp(`^ *\\d+: \\w+:${port} \\w+:\\w+ 01 \\S+ 02:`, 'm');
  await until('the keepalive timer runs', () => timed.test(readFileSync('/proc/net/tcp', 'utf8')));
  watched.hangUp();
  await until('it is forgotten', async () => (await figures(agent))['sidecar_http_watchers'] === 0);
});

test('the end of the agent ends every watch with the last state, and is not held up', async () => {
  const agent = await agentWith(3);
  const watchers = [watch(agent), watch(agent, '?by_service=false')];
  await until('both have the first object', () => watchers.every(({ chunks }) => chunks.length === 1));
  agent.kill();
  await agent.ended();
  await until('both have ended', () => watchers.every(({ chunks, isOpen }) => !isOpen && chunks.at(-1) === ''));
});
