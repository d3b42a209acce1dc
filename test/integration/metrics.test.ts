import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from '@jest/globals';
import { readExposition, unconventional, type Family } from '../metrics/exposition.js';
import { Agent, target } from '../support/agent.js';
import { HaproxyApi } from '../support/haproxy-api.js';
import { freePorts, get } from '../support/network.js';
import { until } from '../support/until.js';

const opened: { destroy(): Promise<void> | void }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.destroy();
});

/** A service that is alive at once. */
const alive = (name: string, port: number, servicePort = 0): unknown =>
  target(name, port, servicePort, { Type: 'AlwaysSuccessful' });

async function started(...args: Parameters<typeof Agent.start>): Promise<Agent> {
  const agent = await Agent.start(...args);
  opened.push(agent);
  return agent;
}

async function familiesOf(url: string): Promise<ReadonlyMap<string, Family>> {
  const { body, headers } = await get(url);
  expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
  return readExposition(body);
}

const valueOf = (families: ReadonlyMap<string, Family>, name: string): number | undefined =>
  families.get(name)?.samples.get(name)?.value;
const ours = (families: ReadonlyMap<string, Family>): ReadonlyMap<string, Family> =>
  new Map([...families].filter(([name]) => name.startsWith('sidecar_')));
const seriesIn = (families: ReadonlyMap<string, Family>): number =>
  [...families.values()].reduce((sum, { samples }) => sum + samples.size, 0);

describe('/metrics', () => {
  test('of an agent with HAProxy keeps the format and the conventions', async () => {
    const [servicePort = 0] = await freePorts(1);
    const agent = await started({ targets: [alive('web', 1, servicePort)] });
    const families = await familiesOf(agent.url('/metrics'));
    expect(unconventional(ours(families))).toEqual([]);
    expect(valueOf(families, 'sidecar_ready')).toBe(1);
    expect(valueOf(families, 'sidecar_haproxy_running')).toBe(1);
    expect(valueOf(families, 'sidecar_health_checks')).toBe(1);
    expect(valueOf(families, 'sidecar_catalog_content_version')).toBeGreaterThan(0);
  });

  test('of haproxy-api keeps them, too', async () => {
    const api = await HaproxyApi.prepare();
    opened.push(api);
    await api.start();
    const families = await familiesOf(api.url('/metrics'));
    expect(unconventional(ours(families))).toEqual([]);
    expect([...families.keys()]).toEqual(
      expect.arrayContaining(['sidecar_updates_total', 'sidecar_problems', 'sidecar_http_requests_total']),
    );
  });

  test('has less than 300 series however many services there are, those of HAProxy included', async () => {
    const [servicePort = 0] = await freePorts(1);
    const agent = await started({ targets: [alive('web', 1, servicePort)] });
    const before = seriesIn(await familiesOf(agent.url('/metrics')));
    agent.writeTargets(Array.from({ length: 1000 }, (_, i) => alive(`service-${i}`, 1000 + i)));
    const families = await until('all 1,000 are alive', async () => {
      const now = await familiesOf(agent.url('/metrics'));
      const count = now.get('sidecar_catalog_records')?.samples.get('sidecar_catalog_records{status="alive"}')?.value;
      return count === 1000 ? now : undefined;
    });
    expect(seriesIn(families)).toBeLessThan(300);
    expect(seriesIn(families) - before).toBeLessThan(20);
    await until('HAProxy has followed', async () => {
      const now = await familiesOf(agent.url('/metrics'));
      return valueOf(now, 'sidecar_haproxy_applied_version') === valueOf(now, 'sidecar_catalog_content_version');
    });
  });
});

/** Receives what is sent to a statsd server. */
class StatsdServer {
  readonly datagrams: string[] = [];
  private readonly socket: Socket = createSocket('udp4');

  static async open(): Promise<StatsdServer> {
    const server = new StatsdServer();
    server.socket.on('message', (datagram) => server.datagrams.push(datagram.toString()));
    server.socket.bind(0, '127.0.0.1');
    await once(server.socket, 'listening');
    opened.push(server);
    return server;
  }

  get port(): number {
    return this.socket.address().port;
  }

  get lines(): readonly string[] {
    return this.datagrams.flatMap((text) => text.trimEnd().split('\n'));
  }

  /** Names with their types, each once. */
  names(): ReadonlySet<string> {
    return new Set(this.lines.map((line) => line.replace(/:[\d.]+\|/, ' ')));
  }

  destroy(): void {
    this.socket.close();
  }
}

/** What the original sends that is of Go, and means nothing here. */
const OF_GO = ['num_goroutines', 'malloc_count', 'free_count', 'heap_objects'];

describe('statsd', () => {
  test('is told everything that the original tells, under the same names, and nothing else', async () => {
    const server = await StatsdServer.open();
    const captured = readFileSync('test/fixtures/contract/stats/statsd-single-node.txt', 'utf8')
      .split('\n')
      .flatMap((line) => /^ +\d+ (sidecar\S+)$/.exec(line)?.[1] ?? []);
    expect(captured).toHaveLength(17);
    const quick = ['push_pull_interval = "1s"'];
    const agent = await started({
      toml: {
        haproxy: ['disable = true'],
        sidecar: ['hostname = "h1"', `stats_addr = "127.0.0.1:${server.port}"`, ...quick],
      },
      targets: [alive('web', 1)],
    });
    await started({
      toml: {
        haproxy: ['disable = true'],
        sidecar: ['hostname = "h2"', `seeds = ["127.0.0.1:${agent.gossipPort}"]`, ...quick],
      },
      targets: [alive('web', 2)],
    });
    // Beside what a single node tells: what takes two (contract section 11).
    const peers = ['NotifyMsg', 'MergeRemoteState'].map((name) => `sidecar.delegate.${name} ms`);
    const probes = ['probeNode', 'pushPullNode'].map((name) => `sidecar.memberlist.${name} ms`);
    const counters = ['udp.sent', 'udp.received', 'tcp.accept', 'tcp.connect', 'tcp.sent', 'msg.alive'].map(
      (name) => `sidecar.memberlist.${name} c`,
    );
    const single = captured
      .filter((name) => !OF_GO.some((word) => name.endsWith(word)))
      .map((name) => `${name} ${name.startsWith('sidecar.h1.') ? 'g' : 'ms'}`);
    const expected = [...single, ...peers, ...probes, ...counters, 'sidecar.h1.memberlist.health.score g'].sort();
    await until('all of it has come', () => expected.every((name) => server.names().has(name)));
    // Only what goes wrong in gossip on a busy machine may come on top.
    const rare = ['msg.suspect', 'msg.dead', 'degraded.probe', 'degraded.timeout'].map(
      (name) => `sidecar.memberlist.${name} c`,
    );
    expect([...server.names()].filter((name) => !expected.includes(name) && !rare.includes(name))).toEqual([]);
    expect(server.lines.filter((line) => !/^[\w.]+:\d+\.\d{6}\|(?:ms|g|c)$/.test(line))).toEqual([]);
    expect(server.datagrams.every((text) => text.endsWith('\n') && text.length <= 1400)).toBe(true);
    const { lines } = server;
    const asked = lines.indexOf(lines.find((line) => line.startsWith('sidecar.delegate.GetBroadcasts')) ?? '');
    expect(lines[asked - 1]).toMatch(/^sidecar\.h1\.delegate\.pendingBroadcasts:/);
  });

  test('that cannot be sent to is a problem, and the agent works without', async () => {
    // The system refuses to send to all of a network unless it is asked for.
    const nobody = 'stats_addr = "255.255.255.255:8125"';
    const agent = await started({ toml: { haproxy: ['disable = true'], sidecar: [nobody] } });
    await until('it is told', async () => (await agent.problems()).includes('STATSD_UNREACHABLE'));
    const families = await familiesOf(agent.url('/metrics'));
    expect(families.get('sidecar_problems')?.samples.has('sidecar_problems{code="STATSD_UNREACHABLE"}')).toBe(true);
  });
});
