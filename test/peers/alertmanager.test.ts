import { afterEach, describe, expect, test } from '@jest/globals';
import { Agent, target } from '../support/agent.js';
import { Alertmanager } from '../support/alertmanager.js';
import { freePorts } from '../support/network.js';
import { until } from '../support/until.js';

const opened: { destroy(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.destroy();
});

async function twoAlertmanagers(): Promise<readonly [Alertmanager, Alertmanager]> {
  const [web1 = 0, gossip1 = 0, web2 = 0, gossip2 = 0] = await freePorts(4);
  const first = await Alertmanager.start({ endpoint: `127.0.0.1:${gossip1}`, web: `127.0.0.1:${web1}` });
  opened.push(first);
  const join = first.endpoint;
  const second = await Alertmanager.start({ endpoint: `127.0.0.1:${gossip2}`, web: `127.0.0.1:${web2}`, join });
  opened.push(second);
  return [first, second];
}

describe('alertmanager as a peer: the version numbers of a Go Sidecar', () => {
  test('each lists the others; foreign payloads do no harm on either side; the dead are dropped', async () => {
    const [first, second] = await twoAlertmanagers();
    const agent = await Agent.start({
      toml: {
        sidecar: [
          'hostname = "f1"',
          `seeds = ["${first.endpoint}"]`,
          'accept_missing_cluster_name = true',
          'push_pull_interval = "2s"',
        ],
        haproxy: ['disable = true'],
      },
      targets: [target('web', agentPortThatNobodyUses, 0, { Type: 'AlwaysSuccessful' })],
    });
    opened.push(agent);
    for (const one of [first, second])
      await until('alertmanager lists f1', async () => (await one.peers()).includes('f1'));
    const names = [...new Set([...(await first.peers()), ...(await second.peers())])].sort();
    const alive = async (): Promise<string[]> =>
      Object.values(await agent.members())
        .filter(({ state }) => state === 'alive')
        .map(({ name }) => name);
    await until('f1 lists both', async () => (await alive()).sort().join() === names.join());

    await first.addSilence();
    // Its warning about our state is named in the description of this peer; anything worse ends it or drops us.
    await until('our state has reached alertmanager', () => first.program.lines(/merge remote state/).length > 0);
    await until('our records have reached alertmanager', () =>
      [first, second].some(({ program }) => program.lines(/decode broadcast/).length > 0),
    );
    await until('its own message has travelled', async () => (await second.silences()) === 1);
    expect(Object.keys((await agent.catalog()).Services)).toEqual(['web']);
    expect((await alive()).sort()).toEqual(names);

    second.program.signal('SIGKILL');
    await until('f1 drops the killed one', async () => (await alive()).length === 2, 30_000);
    agent.kill('SIGKILL');
    await until('alertmanager drops f1', async () => !(await first.peers()).includes('f1'), 30_000);
  });
});

/** The check of this instance always succeeds: nothing is asked there. */
const agentPortThatNobodyUses = 9;
