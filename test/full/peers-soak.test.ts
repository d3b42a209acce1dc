import { afterEach, expect, test } from '@jest/globals';
import { Agent, target } from '../support/agent.js';
import { freePorts } from '../support/network.js';
import { Serf } from '../support/serf.js';
import { pause, until } from '../support/until.js';

const SECONDS = 60;
const EVENT_EVERY_SECONDS = 3;

/**
 * What a serf says of Sidecar's records and of its state: neither is its own, and both are ignored. And of `serf query`, which may hang up
 * before it was told that its query is over: that is between the two programs of serf.
 */
const EXPECTED = [
  /Received message of unknown type: 123/,
  /Remote state has bad type prefix: 123/,
  /agent\.ipc: Failed to stream/,
];

const opened: { destroy(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.destroy();
});

test('a minute among serfs that exchange states and events: nobody complains, nobody is suspected', async () => {
  const [gossip1 = 0, rpc1 = 0, gossip2 = 0, rpc2 = 0] = await freePorts(4);
  const s1 = await Serf.start({ name: 's1', address: '127.0.0.11', gossipPort: gossip1, rpcPort: rpc1 });
  opened.push(s1);
  const join = s1.endpoint;
  const s2 = await Serf.start({ name: 's2', address: '127.0.0.12', gossipPort: gossip2, rpcPort: rpc2, join });
  opened.push(s2);
  const serfs = [s1, s2];
  const agent = await Agent.start({
    targets: [target('web', 9, 0, { Type: 'AlwaysSuccessful' })],
    toml: {
      sidecar: [
        'hostname = "f1"',
        'bind_ip = "127.0.0.13"',
        'advertise_ip = "127.0.0.13"',
        `seeds = ["${s1.endpoint}"]`,
        'delegate_versions = [2, 5, 4]',
        'accept_missing_cluster_name = true',
        'push_pull_interval = "5s"',
        'logging_level = "debug"',
      ],
      haproxy: ['disable = true'],
    },
  });
  opened.push(agent);
  for (const serf of serfs) await until('serf lists f1', async () => (await serf.status('f1')) === 'alive');

  for (let second = 0; second < SECONDS; second += EVENT_EVERY_SECONDS) {
    await s1.command('event', `event-${second}`, 'payload');
    await s2.command('query', `query-${second}`).catch(() => undefined); // a query of which nobody answers ends with status 1
    await pause(EVENT_EVERY_SECONDS * 1000);
  }

  for (const serf of serfs) {
    expect(await serf.status('f1')).toBe('alive');
    const complaints = serf.program
      .lines(/\[(?:WARN|ERR)\]/)
      .filter((line) => !EXPECTED.some((expected) => expected.test(line)));
    expect(complaints).toEqual([]);
    expect(serf.program.lines(/Suspect/)).toEqual([]);
  }
  expect(Object.values(await agent.members()).map(({ state }) => state)).toEqual(['alive', 'alive', 'alive']);
  expect(agent.log.split('\n').filter((line) => /WARN|ERROR/.test(line))).toEqual([]);
  expect(await agent.problems()).toEqual([]);
}, 150_000);
