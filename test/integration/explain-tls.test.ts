import { copyFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Agent, target } from '../support/agent.js';
import { freePorts } from '../support/network.js';
import { untilCode } from '../support/why.js';

const FIXTURES = resolve('test/fixtures/http-tls');
const agents: Agent[] = [];

/** Its certificate is for this very address, so all are there, each on ports of its own. */
async function started(
  hostname: string,
  http: readonly string[],
  targets: readonly unknown[],
  env = {},
): Promise<Agent> {
  const [first] = agents;
  const seeds = first ? `"127.0.0.1:${first.gossipPort}"` : '';
  const agent = await Agent.prepare({
    targets,
    env,
    toml: { sidecar: [`hostname = "${hostname}"`, `seeds = [${seeds}]`], http, haproxy: ['disable = true'] },
  });
  agents.push(agent);
  for (const file of ['cert.pem', 'key.pem']) copyFileSync(`${FIXTURES}/${file}`, agent.path(file));
  agent.spawn();
  return agent;
}

let trusting: Agent;
let distrusting: Agent;

beforeAll(async () => {
  const [closed = 0, servicePort = 0] = await freePorts(2);
  const tls = ['tls_cert = "cert.pem"', 'tls_key = "key.pem"'];
  await started('h1', tls, [target('ill', closed, servicePort)]);
  trusting = await started('h2', [], [], { NODE_EXTRA_CA_CERTS: `${FIXTURES}/cert.pem` });
  distrusting = await started('h3', [], []);
}, 60_000);
afterAll(() => Promise.all(agents.map((agent) => agent.destroy())));

test('an agent that speaks TLS is asked for its half by whoever trusts its certificate', async () => {
  const { sentence, instances } = await untilCode(trusting, 'CHECK_FAILED', ['ill']);
  expect(sentence).toContain('ECONNREFUSED');
  expect(instances).toMatchObject([{ host: 'h1', asked: { state: 'answered' } }]);
});

test('who does not trust it says so, and knows what came by gossip', async () => {
  const { instances } = await untilCode(distrusting, 'REPORTED_UNHEALTHY', ['ill']);
  expect(instances).toMatchObject([
    { asked: { state: 'unanswered', text: expect.stringMatching(/^https:.*certificate/) } },
  ]);
});
