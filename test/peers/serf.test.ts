import { afterEach, describe, expect, test } from '@jest/globals';
import { Agent, target, type AgentSetup } from '../support/agent.js';
import { freePorts } from '../support/network.js';
import { Serf } from '../support/serf.js';
import { until } from '../support/until.js';

const KEY_16 = 'AAECAwQFBgcICQoLDA0ODw==';
const KEY_32 = 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=';

const opened: { destroy(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.destroy();
});

/** Two serf agents that know each other. */
async function twoSerfs(key?: string): Promise<readonly [Serf, Serf]> {
  const [gossip1 = 0, rpc1 = 0, gossip2 = 0, rpc2 = 0] = await freePorts(4);
  const sealed = key === undefined ? {} : { key };
  const s1 = await Serf.start({ name: 's1', address: '127.0.0.11', gossipPort: gossip1, rpcPort: rpc1, ...sealed });
  opened.push(s1);
  const join = s1.endpoint;
  const s2 = await Serf.start({
    name: 's2',
    address: '127.0.0.12',
    gossipPort: gossip2,
    rpcPort: rpc2,
    join,
    ...sealed,
  });
  opened.push(s2);
  return [s1, s2];
}

interface Dialect {
  readonly seed: string;
  readonly delegateVersions?: string;
  readonly key?: string;
  readonly gossipPort?: number;
  readonly hasHaproxy?: boolean;
}

/** An agent that speaks to serf: its version numbers, and no cluster name asked for. */
async function prepared({
  seed,
  delegateVersions = '[2, 5, 4]',
  key,
  gossipPort,
  hasHaproxy = false,
}: Dialect): Promise<Agent> {
  const setup: AgentSetup = {
    ...(gossipPort === undefined ? {} : { gossipPort }),
    toml: {
      sidecar: [
        'hostname = "f1"',
        'bind_ip = "127.0.0.13"',
        'advertise_ip = "127.0.0.13"',
        `seeds = ["${seed}"]`,
        `delegate_versions = ${delegateVersions}`,
        'accept_missing_cluster_name = true',
        'push_pull_interval = "5s"',
        ...(key === undefined ? [] : [`gossip_keys = ["${key}"]`]),
      ],
      haproxy: [`disable = ${!hasHaproxy}`],
    },
  };
  const agent = await Agent.prepare(setup);
  opened.push(agent);
  return agent;
}

async function joined(dialect: Dialect): Promise<Agent> {
  const agent = await prepared(dialect);
  agent.spawn();
  await agent.untilReady();
  return agent;
}

const stateOf = async (agent: Agent, name: string): Promise<string | undefined> => (await agent.members())[name]?.state;

/** Serf shows metadata that are not its own as a tag. */
const metaOfF1 = async (serf: Serf): Promise<string | undefined> =>
  (await serf.members()).find(({ name }) => name === 'f1')?.tags['role'];

async function untilAllAreAlive(agent: Agent, serfs: readonly Serf[]): Promise<void> {
  for (const serf of serfs) {
    await until(`${serf.name} lists f1`, async () => (await serf.status('f1')) === 'alive');
    await until(`f1 lists ${serf.name}`, async () => (await stateOf(agent, serf.name)) === 'alive');
  }
}

describe('serf as a peer', () => {
  test.each([
    ['plain', undefined],
    ['encrypted with AES-128', KEY_16],
    ['encrypted with AES-256', KEY_32],
  ])('%s: each lists the others, and our metadata is shown', async (_name, key) => {
    const [s1, s2] = await twoSerfs(key);
    const agent = await joined({ seed: s1.endpoint, ...(key === undefined ? {} : { key }) });
    await untilAllAreAlive(agent, [s1, s2]);
    const door = `"HttpPort":${agent.httpPort},"HttpTls":false`;
    expect(await metaOfF1(s2)).toBe(`{"ClusterName":"default","State":"Running",${door}}`);
    expect((await agent.members())['s2']?.versions).toMatchObject({ pmax: 5, dcur: 5 });
  });

  test('what our HAProxy serves is told in metadata that change, which serf takes for news of a member and nothing else', async () => {
    const [s1, s2] = await twoSerfs();
    const agent = await joined({ seed: s1.endpoint, hasHaproxy: true });
    await untilAllAreAlive(agent, [s1, s2]);
    const [servicePort = 0] = await freePorts(1);
    const views = new Set<unknown>();
    for (const name of ['one', 'two', 'three']) {
      agent.writeTargets([target(name, 18_080, servicePort, { Type: 'AlwaysSuccessful' })]);
      const view = await until(`s2 hears that f1 serves ${name}`, async () => {
        const meta = JSON.parse((await metaOfF1(s2)) ?? '{}') as Readonly<Record<string, unknown>>;
        return views.has(meta['View']) ? undefined : meta['View'];
      });
      views.add(view);
    }
    expect(s2.program.lines(/EventMemberUpdate: f1/).length).toBeGreaterThanOrEqual(3);
    expect([...s1.program.lines(/MemberFailed: f1/), ...s2.program.lines(/MemberFailed: f1/)]).toEqual([]);
    await untilAllAreAlive(agent, [s1, s2]);
  });

  test('with another key nobody is listed, and nobody crashes', async () => {
    const [s1] = await twoSerfs(KEY_16);
    const agent = await prepared({ seed: s1.endpoint, key: KEY_32 });
    agent.spawn();
    await until('the agent says that nobody answers', async () =>
      (await agent.problems()).includes('SEEDS_UNREACHABLE'),
    );
    expect(await stateOf(agent, 's1')).toBeUndefined();
    expect(await s1.status('f1')).toBeUndefined();
    expect(agent.exit).toBeUndefined();
  });

  test('with versions that do not overlap the join says so, and the cluster stays as it was', async () => {
    const [s1, s2] = await twoSerfs();
    const agent = await prepared({ seed: s1.endpoint, delegateVersions: '[0, 0, 0]' });
    agent.spawn();
    await until('the conflict is a problem', async () => (await agent.problems()).includes('GOSSIP_VERSION_CONFLICT'));
    expect(agent.log).toMatch(/delegate_versions/);
    expect(await s1.status('f1')).toBeUndefined();
    expect(await s2.status('f1')).toBeUndefined();
    expect(await stateOf(agent, 's1')).toBeUndefined();
  });

  test('an agent that stood still for a moment is suspected, refutes and stays alive', async () => {
    const [s1, s2] = await twoSerfs();
    const agent = await joined({ seed: s1.endpoint });
    await untilAllAreAlive(agent, [s1, s2]);
    agent.kill('SIGSTOP');
    const suspicion = /Suspect f1|[Ss]uspect.*f1/;
    await until('serf suspects f1', () => s1.program.lines(suspicion).length + s2.program.lines(suspicion).length > 0);
    agent.kill('SIGCONT');
    await until('f1 has refuted', async () => ((await agent.members())['f1']?.incarnation ?? 0) > 1);
    await untilAllAreAlive(agent, [s1, s2]);
    expect([...s1.program.lines(/EventMemberFailed: f1/), ...s2.program.lines(/EventMemberFailed: f1/)]).toEqual([]);
  });

  test('a killed member is reported dead, whichever side it was on', async () => {
    const [s1, s2] = await twoSerfs();
    const agent = await joined({ seed: s1.endpoint });
    await untilAllAreAlive(agent, [s1, s2]);
    s2.program.signal('SIGKILL');
    await until('f1 sees that s2 died', async () => (await stateOf(agent, 's2')) === 'dead', 30_000);
    agent.kill('SIGKILL');
    await until('s1 sees that f1 died', async () => (await s1.status('f1')) === 'failed', 30_000);
  });

  test('whoever leaves is seen to have left, without a suspicion', async () => {
    const [s1, s2] = await twoSerfs();
    const agent = await joined({ seed: s1.endpoint });
    await untilAllAreAlive(agent, [s1, s2]);
    await s2.command('leave');
    await until('f1 sees that s2 left', async () => (await stateOf(agent, 's2')) === 'left');
    await agent.post('/api/leave');
    await until('s1 dropped f1', async () => (await s1.status('f1')) === 'failed');
    expect(await agent.ended()).toEqual({ code: 0, signal: null });
    expect(s1.program.lines(/Suspect f1/)).toEqual([]);
  });

  test('a killed agent is alive again after its start, under its old name and address', async () => {
    const [s1, s2] = await twoSerfs();
    const agent = await joined({ seed: s1.endpoint });
    await untilAllAreAlive(agent, [s1, s2]);
    agent.kill('SIGKILL');
    await until('s1 sees that f1 died', async () => (await s1.status('f1')) === 'failed', 30_000);
    agent.spawn();
    await untilAllAreAlive(agent, [s1, s2]);
    expect((await agent.members())['f1']?.incarnation).toBeGreaterThan(1);
  });

  test('another address under a name in use is a conflict; after a leave the name is free', async () => {
    const [s1, s2] = await twoSerfs();
    const agent = await joined({ seed: s1.endpoint });
    await untilAllAreAlive(agent, [s1, s2]);
    const impostor = await prepared({ seed: s1.endpoint });
    impostor.spawn();
    await until('s1 notices the conflict', () => s1.program.lines(/[Cc]onflict/).length > 0);
    const portAtS1 = async (): Promise<string | undefined> =>
      (await s1.members()).find(({ name }) => name === 'f1')?.addr;
    expect(await portAtS1()).toBe(`127.0.0.13:${agent.gossipPort}`);
    impostor.kill('SIGKILL');
    await impostor.ended();

    await agent.post('/api/leave');
    await agent.ended();
    const successor = await joined({ seed: s1.endpoint });
    await untilAllAreAlive(successor, [s1, s2]);
    expect(await portAtS1()).toBe(`127.0.0.13:${successor.gossipPort}`);
  });
});
