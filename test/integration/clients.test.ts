import { afterEach, describe, expect, test } from '@jest/globals';
import { chunksOf, goRequest, textOf } from '../clients/go-http.js';
import { HaproxyApi } from '../clients/haproxy-api.js';
import { decode, decodeStream } from '../clients/receiver.js';
import { SmallServer } from '../clients/server.js';
import { SidecarDns } from '../clients/sidecar-dns.js';
import { SidecarExecutor } from '../clients/sidecar-executor.js';
import { Superside } from '../clients/superside.js';
import { TraefikProvider } from '../clients/traefik.js';
import { Agent, target } from '../support/agent.js';
import { get } from '../support/network.js';
import { until } from '../support/until.js';

const WELL = { Type: 'AlwaysSuccessful' };
const ILL = { Type: 'External', Args: 'false' };
/** Enough for a state of more than one packet, which is sent in gzip to those who accept it. */
const ILL_ONES = ['ill', 'ill-2', 'ill-3', 'ill-4'];

const ended: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ended.splice(0).reverse()) await end();
});

/** An agent that posts its events to `urls`. It has `web` and `db`, which are well, and others, which are not. */
async function agentFor(...urls: readonly string[]): Promise<Agent> {
  const agent = await Agent.start({
    targets: [
      target('web', 10_234, 9_999, WELL),
      target('db', 15_432, 5_432, WELL, 'tcp'),
      ...ILL_ONES.map((name, i) => target(name, 10_235 + i, 0, ILL)),
    ],
    toml: { haproxy: ['disable = true'], listeners: [`urls = ${JSON.stringify(urls)}`] },
  });
  ended.push(() => agent.destroy());
  await until('web and db are alive, the others are not', async () => {
    const services = Object.entries((await agent.catalog()).Services);
    const isSettled = services.every(([name, [one]]) => one?.Status === (ILL_ONES.includes(name) ? 2 : 0));
    return isSettled && services.length === 2 + ILL_ONES.length;
  });
  return agent;
}

/** Somebody on a path of its own that is posted to. */
async function inbox(path: string, take: (body: string) => { readonly status: number; readonly body: string }) {
  const server = await new SmallServer(({ request, body }) =>
    request === `POST ${path}` ? take(body) : { status: 404, body: '' },
  ).start();
  ended.push(() => server.stop());
  return server.url + path;
}

const idOf = async (agent: Agent, name: string): Promise<string> => (await agent.instances(name))[0]?.ID ?? '';
const hostOf = async (agent: Agent): Promise<string> => decode((await get(agent.url('/state.json'))).body).hostname;
const urlOf = (agent: Agent): string => agent.url('');

/** Takes an instance out as sidecar-executor does before it ends a task. */
async function drained(agent: Agent, name: string): Promise<void> {
  const id = await idOf(agent, name);
  expect(await new SidecarExecutor(urlOf(agent), await hostOf(agent), `${id}5c6d0e47`).drain()).toBe(true);
}

describe('the programs around Sidecar, on our agent', () => {
  test('sidecar-executor lets a task be that is well or drains, and ends one that is not', async () => {
    const agent = await agentFor();
    const executorOf = async (name: string): Promise<SidecarExecutor> =>
      new SidecarExecutor(urlOf(agent), await hostOf(agent), await idOf(agent, name));
    const [web, ill] = [await executorOf('web'), await executorOf('ill')];
    expect([await web.look(), await web.look(), await web.look()]).toEqual([false, false, false]);
    expect([await ill.look(), await ill.look(), await ill.look()]).toEqual([false, false, true]);
    expect(await web.drain()).toBe(true);
    expect([await web.look(), await web.look(), await web.look()]).toEqual([false, false, false]);
  });

  test('sidecar-dns has the records of who is alive, and is told when one is not any more', async () => {
    const told: SidecarDns[] = []; // it fetches the state first
    const url = await inbox(SidecarDns.PATH, (body) => ({ status: told[0]?.update(body) ?? 200, body: '' }));
    const agent = await agentFor(url);
    const dns = new SidecarDns(urlOf(agent), 'example');
    await dns.start();
    told.push(dns);
    const [web, db] = [await idOf(agent, 'web'), await idOf(agent, 'db')];
    const ofDb = [
      `5432.tcp.db.${db}.a.example A 127.0.0.1`,
      `_5432._db._tcp.example SRV 0 0 15432 5432.tcp.db.${db}.a.example`,
    ];
    const ofWeb = [
      `9999.tcp.web.${web}.a.example A 127.0.0.1`,
      `_9999._web._tcp.example SRV 0 0 10234 9999.tcp.web.${web}.a.example`,
    ];
    expect(dns.records).toEqual([...ofDb, ...ofWeb].sort());
    await drained(agent, 'web');
    await until('web has no records', () => dns.records.length === 2);
    expect(dns.records).toEqual(ofDb);
  });

  test('Superside sees each deployment once, and every change', async () => {
    const superside = new Superside();
    const agent = await agentFor(await inbox(Superside.PATH, (body) => superside.update(body)));
    const host = await hostOf(agent);
    await drained(agent, 'web');
    await until('it is told of the drain', () => superside.events.includes(`web on ${host}: 0 -> 4`));
    agent.writeTargets([]);
    await until('it is told of the end', () => superside.events.includes(`db on ${host}: 0 -> 1`));
    const deployed = superside.deployments.map(({ name, version }) => `${name} ${version}`);
    expect(deployed.sort()).toEqual(['db', ...ILL_ONES, 'web'].map((name) => `${name} 1.0`));
    expect(superside.deployments[0]).toMatchObject({ cluster: 'default', hostname: host });
  });

  test.each<'states' | 'services'>(['states', 'services'])(
    'the Traefik provider follows the stream of %s',
    async (form) => {
      const agent = await agentFor();
      const host = await hostOf(agent);
      const traefik = new TraefikProvider(urlOf(agent), form);
      await traefik.start();
      const web = [`http://${host}:10234`];
      const db = [`http://${host}:15432`];
      expect(Object.fromEntries(traefik.configurations[0] ?? [])).toEqual({ db, web });
      const stop = new AbortController();
      const following = traefik.watch(stop.signal);
      await until('the first object is there', () => traefik.configurations.length > 1);
      expect(Object.fromEntries(traefik.configurations[1] ?? [])).toEqual({ db, web });
      await drained(agent, 'web');
      await until('web is gone', () => traefik.configurations.at(-1)?.has('web') === false);
      expect(Object.fromEntries(traefik.configurations.at(-1) ?? [])).toEqual({ db });
      stop.abort();
      await following;
    },
  );

  test('haproxy-api writes what it fetches, and what it is posted', async () => {
    const told: HaproxyApi[] = []; // it fetches the state first
    const url = await inbox(HaproxyApi.PATH, (body) => ({ status: told[0]?.update(body) ?? 200, body: '' }));
    const agent = await agentFor(url);
    const api = new HaproxyApi(`127.0.0.1:${agent.httpPort}`);
    await api.start();
    told.push(api);
    expect(api.written).toEqual([['db 127.0.0.1:15432', 'web 127.0.0.1:10234']]);
    await drained(agent, 'web');
    await until('it has written again', () => api.written.length > 1);
    expect(api.written.at(-1)).toEqual(['db 127.0.0.1:15432']);
  });

  test('haproxy-api that follows fetches the state at each object', async () => {
    const agent = await agentFor();
    const api = new HaproxyApi(`127.0.0.1:${agent.httpPort}`);
    const stop = new AbortController();
    const following = api.follow(stop.signal);
    await until('it has the first state', () => api.written.length === 1);
    expect(api.written).toEqual([['db 127.0.0.1:15432', 'web 127.0.0.1:10234']]);
    await drained(agent, 'web');
    await until('it has the newest', () => api.written.at(-1)?.join() === 'db 127.0.0.1:15432');
    stop.abort();
    await following;
  });

  test('the receiver library decodes the state, which comes in gzip, and the stream of states', async () => {
    const agent = await agentFor();
    const { headers, body } = await goRequest('GET', agent.url('/state.json'));
    expect(headers['content-encoding']).toBe('gzip');
    const state = decode(await textOf(body));
    expect([...state.servers.values()].flatMap(({ services }) => [...services.values()])).toHaveLength(
      2 + ILL_ONES.length,
    );
    const stop = new AbortController();
    for await (const { clusterName, hostname, servers } of decodeStream(
      chunksOf(agent.url('/watch?by_service=false'), stop.signal),
    )) {
      expect({ clusterName, hostname, hosts: [...servers.keys()] }).toEqual({
        clusterName: state.clusterName,
        hostname: state.hostname,
        hosts: [...state.servers.keys()],
      });
      stop.abort();
    }
  });
});
