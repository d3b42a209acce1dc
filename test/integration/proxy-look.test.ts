import { afterEach, expect, test } from '@jest/globals';
import { Agent, target } from '../support/agent.js';
import { Backend, freePorts, get, getJson } from '../support/network.js';
import { until } from '../support/until.js';

const open: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const end of open.splice(0).reverse()) await end();
});

async function backend(name: string): Promise<Backend> {
  const started = await Backend.start(name);
  open.push(() => started.stop());
  return started;
}

interface Row {
  readonly service: string | null;
  readonly requests: number | null;
}
interface Figures {
  readonly pid: number;
  readonly frontends: readonly Row[];
  readonly backends: readonly Row[];
  readonly servers: readonly Row[];
}

test('what HAProxy counts is told of the instance, and what changed in its configuration with the reason', async () => {
  const [a, b] = [await backend('a'), await backend('b')];
  const [port = 0, tcpPort = 0, later = 0] = await freePorts(3);
  const targets = [target('web', a.port, port), target('db', b.port, tcpPort, undefined, 'tcp')];
  const agent = await Agent.start({ targets });
  open.push(() => agent.destroy());
  const figures = async (): Promise<Figures> => (await getJson(agent.url('/api/proxy/stats'))) as Figures;
  const [instance] = await agent.instances('web');

  const before = (await getJson(agent.url('/api/proxy/config'))) as { digest: string; text: string };
  expect(before.text).toBe(agent.config());
  for (let n = 0; n < 3; n += 1) expect((await get(`http://127.0.0.1:${port}/`)).body).toBe('a');
  const seen = await until('HAProxy has counted', async () => {
    const now = await figures();
    return now.servers.some(({ requests }) => requests === 3) ? now : undefined;
  });
  const owner = { service: 'web', servicePort: port };
  expect(seen.frontends).toContainEqual(expect.objectContaining({ ...owner, requests: 3, status: 'OPEN' }));
  expect(seen.backends).toContainEqual(expect.objectContaining({ ...owner, requests: 3 }));
  expect(seen.servers).toContainEqual(
    expect.objectContaining({ ...owner, host: instance?.Hostname, instance: instance?.ID, status: 'no check' }),
  );
  expect(seen.servers).toContainEqual(
    expect.objectContaining({ service: 'db', servicePort: tcpPort, requests: null, responseMs: null }),
  );

  agent.writeTargets([...targets, target('other', b.port, later)]);
  await until('HAProxy serves it', async () => (await get(`http://127.0.0.1:${later}/`)).status === 200);
  const change = await until('the change is told', async () => {
    const now = (await getJson(agent.url('/api/proxy/config'))) as Record<string, unknown>;
    return now['digest'] === before.digest ? undefined : now;
  });
  const { config } = (await getJson(agent.url('/api/proxy'))) as { config: { runtimeDigest: string } };
  expect(change).toMatchObject({
    ...{ digest: config.runtimeDigest, how: 'reload', text: agent.config() },
    reason: expect.stringContaining(`other-${later}`),
    previous: { digest: before.digest },
    diff: expect.stringContaining(`\n+frontend other-${later}\n`),
  });
  const fresh = await until('the new process is asked', async () => {
    const now = await figures();
    return now.pid === seen.pid ? undefined : now;
  });
  expect(fresh.frontends.map(({ service }) => service).sort()).toEqual(['db', 'other', 'web']);
});
