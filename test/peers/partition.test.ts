import { afterEach, describe, expect, test } from '@jest/globals';
import { Agent, target } from '../support/agent.js';
import { Lab, type LabHost } from '../support/lab.js';
import { until } from '../support/until.js';

const ALIVE = 0;
const TOMBSTONE = 1;
const HTTP = 7777;
const GOSSIP = 7946;

const opened: { destroy(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.destroy();
});

const steady = (name: string, port = 9): unknown => target(name, port, 0, { Type: 'AlwaysSuccessful' });

async function agentOn(host: LabHost, seed: LabHost): Promise<Agent> {
  const agent = await Agent.prepare({
    httpPort: HTTP,
    gossipPort: GOSSIP,
    enter: host.enter,
    targets: [steady('web')],
    toml: {
      sidecar: [
        'bind_ip = "0.0.0.0"',
        `advertise_ip = "${host.address}"`,
        `seeds = ["${seed.address}"]`,
        'rejoin_interval = "3s"',
      ],
      http: ['bind_ip = "0.0.0.0"'],
      haproxy: ['disable = true'],
    },
  });
  opened.push(agent);
  agent.spawn();
  return agent;
}

describe('hosts with cables', () => {
  test('a cable that is out is a dead host, and when it is in again all is as it should be', async () => {
    const lab = await Lab.create(3);
    opened.push(lab);
    const [h1, h2, h3] = lab.hosts as [LabHost, LabHost, LabHost];
    const agents = [];
    for (const host of lab.hosts) agents.push(await agentOn(host, h1));

    const statusOf = async (seer: LabHost, name: string): Promise<Readonly<Record<string, number>>> => {
      const body = await lab.get(seer, HTTP, '/services.json');
      const { Services } = JSON.parse(body) as {
        Services: Record<string, readonly { readonly Hostname: string; readonly Status: number }[]>;
      };
      return Object.fromEntries((Services[name] ?? []).map(({ Hostname, Status }) => [Hostname, Status]));
    };
    const untilStatus = (seer: LabHost, name: string, host: LabHost, status: number): Promise<unknown> =>
      until(
        `${name} of ${host.name} has status ${status} for ${seer.name}`,
        async () => (await statusOf(seer, name))[host.name] === status,
        60_000,
      );

    for (const seer of lab.hosts) for (const host of lab.hosts) await untilStatus(seer, 'web', host, ALIVE);
    lab.link(h3, 'down');
    for (const seer of [h1, h2]) await untilStatus(seer, 'web', h3, TOMBSTONE);
    for (const host of [h1, h2]) await untilStatus(h3, 'web', host, TOMBSTONE);
    agents[2]?.writeTargets([steady('newborn')]);
    await untilStatus(h3, 'newborn', h3, ALIVE);

    lab.link(h3, 'up');
    for (const seer of lab.hosts) {
      for (const host of [h1, h2]) await untilStatus(seer, 'web', host, ALIVE);
      await untilStatus(seer, 'newborn', h3, ALIVE);
      expect((await statusOf(seer, 'web'))['h3']).toBe(TOMBSTONE);
    }
  });
});
