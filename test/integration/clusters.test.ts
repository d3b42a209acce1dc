import { afterEach, expect, test } from '@jest/globals';
import { Agent, target } from '../support/agent.js';
import { get, getJson } from '../support/network.js';
import { EndlessAnswer } from '../support/stream.js';
import { until } from '../support/until.js';

/** Instances that are always well, so that only the file of services changes what is believed. */
const WELL = { Type: 'AlwaysSuccessful', Args: '' };

const open: Agent[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.destroy();
});

async function prepared(cluster: string, others: readonly string[] = []): Promise<Agent> {
  const toml = { sidecar: [`cluster_name = "${cluster}"`, `hostname = "${cluster}-1"`], console: others };
  const agent = await Agent.prepare({ toml, targets: [target(`web-${cluster}`, 80, 8080, WELL)], flags: ['-x'] });
  open.push(agent);
  return agent;
}

async function started(agent: Agent): Promise<void> {
  agent.spawn();
  await agent.untilReady();
}

const standing = async (here: Agent): Promise<unknown> =>
  ((await getJson(here.url('/api/clusters'))) as { clusters: readonly { state: string }[] }).clusters[1]?.state;

test('an agent tells of another cluster what that tells, as it happens, and says when it is away', async () => {
  const there = await prepared('eu');
  const here = await prepared('us', [`clusters = [{ name = "eu", url = "http://127.0.0.1:${there.httpPort}" }]`]);
  await started(there);
  await started(here);
  expect(await standing(here)).toBe('unasked');

  const catalog = await getJson(here.url('/api/clusters/eu/services.json'));
  expect(catalog).toMatchObject({ ClusterName: 'eu', Services: { 'web-eu': [{ Hostname: 'eu-1' }] } });
  expect(await getJson(here.url('/api/clusters/eu/api/members'))).toMatchObject({ clusterName: 'eu' });
  expect(await getJson(here.url('/services.json'))).toMatchObject({ ClusterName: 'us' });
  expect((await get(here.url('/api/clusters/eu/api/proxy'))).status).toBe(404); // it leaves HAProxy alone
  expect(await standing(here)).toBe('reachable');

  const events = new EndlessAnswer(here.httpPort, '/api/clusters/eu/api/events?kind=service');
  await until('the stream has begun', () => events.chunks.length > 0);
  there.writeTargets([target('web-eu', 80, 8080, WELL), target('more', 81, 8081, WELL)]);
  await until('the event is told here', () => events.chunks.some((chunk) => chunk.includes('"service":"more"')));

  there.kill();
  await there.ended();
  await until('the stream has ended', () => !events.isOpen || events.chunks.at(-1) === '');
  const away = await get(here.url('/api/clusters/eu/state.json'));
  expect([away.status, JSON.parse(away.body)]).toEqual([502, expect.objectContaining({ code: 'cluster-unreachable' })]);
  expect(await standing(here)).toBe('unreachable');

  await started(there);
  expect((await get(here.url('/api/clusters/eu/state.json'))).status).toBe(200);
  expect(await standing(here)).toBe('reachable');

  const last = new EndlessAnswer(here.httpPort, '/api/clusters/eu/api/events');
  await until('the stream has begun', () => last.chunks.length > 0);
  here.kill();
  expect(await here.ended()).toEqual({ code: 0, signal: null });
  await until('the stream was ended, not cut off', () => last.chunks.at(-1) === '');
});
