import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { Agent } from '../support/agent.js';
import { RealEngine, whyNoEngine } from '../support/docker-engine.js';
import { freePorts } from '../support/network.js';
import { until } from '../support/until.js';
import { untilCode } from '../support/why.js';

const whyNot = whyNoEngine();
if (whyNot !== undefined) process.stderr.write(`skipped why containers are not routed: ${whyNot}\n`);
const describeWithEngine = whyNot === undefined ? describe : describe.skip;

interface Setup {
  readonly ports?: readonly number[];
  readonly labels?: Readonly<Record<string, string>>;
}

let engine: RealEngine;
let agent: Agent;

describeWithEngine('containers', () => {
  beforeAll(async () => {
    engine = await RealEngine.start();
    agent = await Agent.prepare({
      toml: {
        sidecar: ['discovery = ["docker"]'],
        docker_discovery: [`docker_url = "unix://${engine.socket}"`, 'label_filter = "sidecar"'],
        services: ['namer = "docker_label"', 'name_label = "ServiceName"'],
      },
    });
  });
  afterAll(async () => {
    await agent.destroy();
    await engine.destroy();
  });
  afterEach(() => engine.removeContainers());

  test('one that ends again and again', async () => {
    const [servicePort = 0] = await freePorts(1);
    const crashing = await engine.run('crashing', { ...soundly(servicePort), script: 'exit 1', restarts: true });
    // The engine waits twice as long before each start: now for six seconds and more.
    await until('it starts seldom', async () => (await crashing.inspect()).RestartCount >= 6, 60_000);
    agent.spawn();
    const { sentence } = await untilCode(agent, 'CONTAINER_NOT_RUNNING', ['crashing'], 100_000);
    expect(sentence).toContain('it is restarting');
    await crashing.remove({ force: true });
    await engine.run('crashing', soundly(servicePort));
    await untilCode(agent, 'ROUTED', ['crashing']);
    agent.kill();
    await agent.ended();
  }, 200_000);

  test('an engine that is out of reach when the agent starts', async () => {
    const [servicePort = 0] = await freePorts(1);
    await engine.run('web', soundly(servicePort));
    await engine.withoutSocket(async () => {
      agent.spawn();
      await untilCode(agent, 'DOCKER_UNREACHABLE', ['web']);
    });
    await untilCode(agent, 'ROUTED', ['web']);
  });

  test('one that was told to stop, and goes on until it ends', async () => {
    const [servicePort = 0] = await freePorts(1);
    const container = await engine.run('stubborn', { ...soundly(servicePort), script: STUBBORN });
    await untilCode(agent, 'ROUTED', ['stubborn']);
    await container.kill({ signal: 'SIGTERM' });
    await untilCode(agent, 'CONTAINER_STOPPING', ['stubborn']);
    await container.restart({ t: 0 });
    await untilCode(agent, 'ROUTED', ['stubborn']);
  });

  test('what is wrong with labels and ports is found by its code, and mended it is routed', async () => {
    const faults: Readonly<Record<string, readonly [code: string, fault: Setup]>> = {
      unoffered: ['NO_SERVICE_PORT', { labels: { ...SELECTED } }],
      closed: ['NO_PORT', { ports: [] }],
      mislabelled: ['SERVICE_PORT_LABEL_WRONG', { labels: { ...SELECTED, ServicePort_80: 'http' } }],
      misplaced: ['SERVICE_PORT_LABEL_WRONG', { labels: { ...SELECTED, ServicePort_81: '8081' } }],
      excluded: ['EXCLUDED_BY_LABEL', { labels: { ...SELECTED, SidecarDiscover: 'false' } }],
      unselected: ['EXCLUDED_BY_FILTER', { labels: {} }],
      misfit: ['LABEL_REFUSED', { labels: { ...SELECTED, ProxyMode: 'ftp' } }],
      otherwise: ['NAMED_OTHERWISE', { labels: { ...SELECTED, ServiceName: 'renamed' } }],
    };
    const servicePorts = await freePorts(Object.keys(faults).length);
    for (const [at, [name, [, fault]]] of Object.entries(faults).entries()) {
      const { ports, labels } = soundly(servicePorts[at] ?? 0);
      await engine.run(name, { ports: fault.ports ?? ports, labels: fault.labels ?? labels });
    }
    for (const [name, [code]] of Object.entries(faults)) expect((await untilCode(agent, code, [name])).exit).toBe(1);
    await engine.removeContainers();
    for (const [at, name] of Object.keys(faults).entries()) await engine.run(name, soundly(servicePorts[at] ?? 0));
    for (const name of Object.keys(faults)) await untilCode(agent, 'ROUTED', [name]);
  });
});

/** Takes no notice of being told to stop. */
const STUBBORN = "trap '' TERM; while :; do sleep 1; done";

/** Without these labels nothing of a container is of interest here; nothing listens in any. */
const SELECTED = { sidecar: 'yes', HealthCheck: 'AlwaysSuccessful' };

const soundly = (servicePort: number) => ({
  ports: [80],
  labels: { ...SELECTED, ServicePort_80: String(servicePort) },
});
