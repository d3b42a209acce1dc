import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from '@jest/globals';
import { Agent, target } from '../support/agent.js';
import { freePorts, get, type Answer } from '../support/network.js';
import { until } from '../support/until.js';
import { samplesIn } from '../metrics/exposition.js';

const open: Agent[] = [];

afterEach(async () => {
  for (const agent of open.splice(0)) await agent.destroy();
});

const ALWAYS = { Type: 'AlwaysSuccessful' };

/** An agent that leaves HAProxy alone, with one service. */
async function started(servicePort: number): Promise<Agent> {
  const toml = { haproxy: ['disable = true', 'template_dir = "."'] };
  const agent = await Agent.start({ targets: [target('web', 8_080, servicePort, ALWAYS)], toml });
  open.push(agent);
  return agent;
}

const served = async (agent: Agent, query = ''): Promise<Answer> =>
  until('there is a configuration', async () => {
    const answer = await get(agent.url(`/haproxy.cfg${query}`));
    return answer.status === 200 && answer.body.includes('server ') ? answer : undefined;
  });

describe('GET /haproxy.cfg of an agent that leaves HAProxy alone', () => {
  test('is a configuration that HAProxy accepts', async () => {
    const [servicePort = 0] = await freePorts(1);
    const agent = await started(servicePort);
    const query = `?bind_ip=127.0.0.1&runtime_socket=${agent.path('h.sock')}&stats_bind=127.0.0.1:3212`;
    const { body } = await served(agent, query);
    expect(body).toContain(`bind 127.0.0.1:${servicePort}`);
    writeFileSync(agent.path('pulled.cfg'), body);
    const { status, stderr } = spawnSync('haproxy', ['-c', '-f', agent.path('pulled.cfg')], { encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, expect.not.stringMatching(/ALERT|WARNING/)]);
  });

  test('changes with the catalog for all who wait, at the cost of one render', async () => {
    const [servicePort = 0, otherPort = 0] = await freePorts(2);
    const agent = await started(servicePort);
    const etag = (await served(agent)).headers.etag ?? '';
    expect((await get(agent.url('/haproxy.cfg'), 5_000, { 'If-None-Match': etag })).status).toBe(304);
    const renders = async (): Promise<number> =>
      samplesIn((await get(agent.url('/metrics'))).body)['sidecar_haproxy_cfg_renders_total'] ?? 0;
    const waiting = async (): Promise<number> =>
      samplesIn((await get(agent.url('/metrics'))).body)['sidecar_haproxy_cfg_waiting_clients'] ?? 0;
    const before = await renders();
    const ask = (): Promise<Answer> => get(agent.url('/haproxy.cfg?wait=30s'), 30_000, { 'If-None-Match': etag });
    const answers = Array.from({ length: 50 }, ask);
    await until('all wait', async () => (await waiting()) === 50);
    agent.writeTargets([target('web', 8_080, servicePort, ALWAYS), target('other', 8_081, otherPort, ALWAYS)]);
    const statuses = (await Promise.all(answers)).map(({ status, body }) => [status, body.includes('frontend other-')]);
    expect(new Set(statuses.map(String))).toEqual(new Set(['200,true']));
    expect([await renders(), await waiting()]).toEqual([before + 1, 0]);
  });

  test('is made of another template where one is named', async () => {
    const [servicePort = 0] = await freePorts(1);
    const agent = await started(servicePort);
    writeFileSync(agent.path('edge.cfg'), '# {{#each Services as |s name|}}{{name}} {{/each}}\nserver ');
    expect((await served(agent, '?template=edge.cfg')).body).toBe('# web \nserver ');
    expect((await get(agent.url('/haproxy.cfg?template=none.cfg'))).status).toBe(404);
    expect((await get(agent.url('/haproxy.cfg?template=..'))).status).toBe(400);
  });

  test('does not keep the agent from ending: who waits is answered', async () => {
    const [servicePort = 0] = await freePorts(1);
    const agent = await started(servicePort);
    const etag = (await served(agent)).headers.etag ?? '';
    const answer = get(agent.url('/haproxy.cfg?wait=5m'), 30_000, { 'If-None-Match': etag });
    await until('it waits', async () =>
      (await get(agent.url('/metrics'))).body.includes('sidecar_haproxy_cfg_waiting_clients 1\n'),
    );
    agent.kill();
    expect([(await answer).status, (await agent.ended()).code]).toEqual([304, 0]);
  });
});
