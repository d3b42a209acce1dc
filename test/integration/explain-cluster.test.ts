import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Status, type Service } from '../../src/service/service.js';
import { Agent, target } from '../support/agent.js';
import { addressOf, Cluster } from '../support/cluster.js';
import { Backend, freePorts } from '../support/network.js';
import { nowNs, Stranger } from '../support/stranger.js';
import { until } from '../support/until.js';
import { untilCode } from '../support/why.js';

const ALWAYS = { Type: 'AlwaysSuccessful' };
/** Until the others hold a host for dead whose agent was killed. */
const LOST_WITHIN_MS = 40_000;
const MINUTE_NS = 60_000_000_000n;
/** A record lives for 80 s after it was heard of last, and is looked at each two. */
const EXPIRED_WITHIN_MS = 95_000;

let cluster: Cluster;
let stranger: Stranger;
let backend: Backend;
let ports: readonly number[];
/** When a record was told of that nobody refreshes: the other tests go on meanwhile. */
let fadesSince: number;
const port = (n: number): number => ports[n] ?? 0;

/** h1 has nothing of its own, h2 has web and an instance of both, h3 the other one. */
beforeAll(async () => {
  backend = await Backend.start('web');
  ports = await freePorts(14);
  cluster = await Cluster.start(3, {
    haproxy: true,
    http: ['bind_ip = "0.0.0.0"'],
    targets: (n) => targetsOf(n, true),
  });
  stranger = new Stranger(addressOf(1), cluster.agent(1).gossipPort);
  stranger.tell({ ...soundly('fading', port(13)), id: 'one' });
  fadesSince = performance.now();
}, 120_000);
afterAll(async () => {
  stranger.destroy();
  await cluster.destroy();
  await backend.stop();
});

function targetsOf(n: number, isIll: boolean): readonly unknown[] {
  if (n === 1) return [];
  const check = { Type: 'HttpGet', Args: `http://127.0.0.1:${isIll ? 1 : backend.port}/` };
  const both = target('both', backend.port, port(1), ALWAYS);
  if (n === 3) return [both, target('web-3', backend.port, port(3), ALWAYS)];
  return [target('web', backend.port, port(0), ALWAYS), both, target('ill', backend.port, port(2), check)];
}

/** A record of a host that is no member, as HAProxy could serve it. */
const soundly = (name: string, servicePort: number): Partial<Service> => ({
  name,
  ports: [{ type: 'tcp', port: backend.port, servicePort, ip: '127.0.0.1' }],
});

describe('in a cluster', () => {
  test('an instance of another host is routed, and what stops one there is what its agent says', async () => {
    const [h1, h2] = [cluster.agent(1), cluster.agent(2)];
    const { instances } = await untilCode(h1, 'ROUTED', ['web']);
    expect(instances.map(({ host, asked }) => [host, asked.state])).toEqual([['h2', 'answered']]);
    expect((await untilCode(h1, 'CHECK_FAILED', ['ill'])).sentence).toContain('ECONNREFUSED');
    h2.writeTargets(targetsOf(2, false));
    await untilCode(h1, 'ROUTED', ['ill']);
    h2.writeTargets('[');
    await untilCode(h1, 'STATIC_FILE_BROKEN', ['new']);
    h2.writeTargets([...targetsOf(2, false), target('new', backend.port, port(4), ALWAYS)]);
    await untilCode(h1, 'ROUTED', ['new']);
  });

  test('records that are refused, or are not for HAProxy, are found each by its code', async () => {
    const h1 = cluster.agent(1);
    const faults: Readonly<Record<string, readonly [name: string, fault: Partial<Service>]>> = {
      CLOCK_AHEAD: ['early', { updated: nowNs() + 60n * MINUTE_NS }],
      RECORD_TOO_OLD: ['late', { updated: nowNs() - 5n * MINUTE_NS }],
      BAD_VALUE: ['bad', { ports: [{ type: 'tcp', port: 1, servicePort: 2, ip: 'no address' }] }],
      BAD_MODE: ['mode', { proxyMode: 'ftp' }],
      BAD_ADDRESS: ['nowhere', { ports: [{ type: 'tcp', port: 0, servicePort: port(11), ip: '127.0.0.1' }] }],
      PORT_RESERVED: ['reserved', soundly('reserved', h1.httpPort)],
      REPORTED_UNHEALTHY: ['unwell', { status: Status.Unhealthy }],
    };
    const all = Object.entries(faults).map(([code, [name, fault]], i) => ({ code, name, fault, at: port(5 + i) }));
    for (const { name, fault, at } of all) stranger.tell({ ...soundly(name, at), ...fault });
    for (const { code, name } of all) await untilCode(h1, code, [name]);
    for (const { name, at } of all) stranger.tell(soundly(name, at));
    for (const { name } of all) await untilCode(h1, 'ROUTED', [name]);
  });

  test('of a partition the others say that the host is gone, and that it is cut off says itself; its end mends all', async () => {
    const [h1, h3] = [cluster.agent(1), cluster.agent(3)];
    await untilCode(h1, 'ROUTED', ['both', 'h3']);
    cluster.cutOff(3);
    await untilCode(h1, 'STALE_HELD', ['web-3'], LOST_WITHIN_MS);
    await untilCode(h1, 'HOST_DEAD', ['both', 'h3']);
    await untilCode(h1, 'ROUTED', ['both']);
    await untilCode(h3, 'CUT_OFF', ['web'], LOST_WITHIN_MS);
    cluster.heal();
    await untilCode(h1, 'ROUTED', ['web-3'], LOST_WITHIN_MS);
    await untilCode(h1, 'ROUTED', ['both', 'h3']);
    await untilCode(h3, 'ROUTED', ['web']);
  });

  test('a host that left', async () => {
    const h1 = cluster.agent(1);
    const h3 = cluster.agent(3);
    expect(await h3.post('/api/leave')).toBe(202);
    await h3.ended();
    await untilCode(h1, 'HOST_LEFT', ['web-3']);
    cluster.spawn(3);
    await untilCode(h1, 'ROUTED', ['web-3']);
  });

  test('a host of another cluster', async () => {
    const h1 = cluster.agent(1);
    const agent = await Agent.prepare({
      targets: [target('web-9', backend.port, port(12), ALWAYS)],
      toml: {
        sidecar: [
          ...['hostname = "h9"', 'cluster_name = "staging"', `bind_ip = "${addressOf(9)}"`],
          ...[
            `advertise_ip = "${addressOf(9)}"`,
            `seeds = ["${addressOf(1)}:${h1.gossipPort}"]`,
            'rejoin_interval = "3s"',
          ],
        ],
        haproxy: ['disable = true'],
      },
    });
    try {
      agent.spawn();
      expect((await untilCode(h1, 'OTHER_CLUSTER', ['web-9', 'h9'])).sentence).toContain('staging');
      agent.kill();
      await agent.ended();
      const toml = readFileSync(agent.path('sidecar.toml'), 'utf8');
      writeFileSync(agent.path('sidecar.toml'), toml.replace('cluster_name = "staging"', ''));
      agent.spawn();
      await untilCode(h1, 'ROUTED', ['web-9', 'h9']);
    } finally {
      agent.kill();
      await agent.ended();
      await agent.destroy();
    }
  });

  test('a record that nobody refreshes has run out, beside one that lives', async () => {
    const h1 = cluster.agent(1);
    const told = (id: string): void => stranger.tell({ ...soundly('fading', port(13)), id });
    await until('its life is nearly over', () => performance.now() > fadesSince + 60_000, 80_000);
    told('two');
    await untilCode(h1, 'EXPIRED', ['fading', 'one'], EXPIRED_WITHIN_MS);
    told('one');
    await untilCode(h1, 'ROUTED', ['fading', 'one']);
  }, 150_000);

  test('what is known from before the start only', async () => {
    const [h1, h2] = [cluster.agent(1), cluster.agent(2)];
    await until('h1 has kept it', () => readFileSync(h1.path('state/catalog'), 'utf8').includes('"web"'));
    for (const agent of [h2, h1]) agent.kill('SIGKILL');
    await Promise.all([h1.ended(), h2.ended()]);
    cluster.cutOff(1);
    cluster.spawn(1);
    await untilCode(h1, 'RESTORED_NOT_REFRESHED', ['web']);
    cluster.heal();
    cluster.spawn(2);
    await untilCode(h1, 'ROUTED', ['web'], LOST_WITHIN_MS);
  });
});
