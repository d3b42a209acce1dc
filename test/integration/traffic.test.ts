import { afterEach, describe, expect, test } from '@jest/globals';
import { Agent, target } from '../support/agent.js';
import { Load } from '../support/load.js';
import { Backend, freePorts, get } from '../support/network.js';
import { processesWith } from '../support/processes.js';
import { pause, until } from '../support/until.js';

const open: { destroy(): Promise<void> }[] = [];

async function backends(...names: string[]): Promise<Backend[]> {
  const started = await Promise.all(names.map((name) => Backend.start(name)));
  for (const backend of started) open.push({ destroy: () => backend.stop() });
  return started;
}

afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.destroy();
});

describe.each(['http', 'tcp', 'ws'])('a service in mode %s', (mode) => {
  test('is reached by turns; a stopped instance costs no request from 2 s later on and comes back by itself', async () => {
    const [a, b, c] = (await backends('a', 'b', 'c')) as [Backend, Backend, Backend];
    const [servicePort = 0] = await freePorts(1);
    const targets = [a, b, c].map(({ port }) => target('web', port, servicePort, undefined, mode));
    const agent = await Agent.start({ targets });
    open.push(agent);
    const url = `http://127.0.0.1:${servicePort}/`;
    await until('all three answer', async () => {
      const answers = await Promise.all(Array.from({ length: 6 }, () => get(url)));
      return new Set(answers.map(({ body }) => body)).size === 3;
    });

    const load = new Load(url);
    open.push(load);
    await b.stop();
    const stoppedAt = performance.now();
    await until(
      'the catalog says so',
      async () => (await agent.instances('web')).filter(({ Status }) => Status === 2).length === 1,
    );
    await until('2 s have passed under load', () => performance.now() > stoppedAt + 4000 && load.attempts.length > 50);
    expect(load.failuresSince(stoppedAt + 2000)).toEqual([]);
    expect(load.answeredSince(stoppedAt + 2000)).toEqual(new Set(['a', 'c']));

    await b.start();
    const startedAt = performance.now();
    await until('it answers again', () => load.answeredSince(startedAt).has('b'));
    await load.stop();
    expect(load.failuresSince(startedAt)).toEqual([]);
    expect((await agent.instances('web')).map(({ Status }) => Status)).toEqual([0, 0, 0]);
  });
});

describe('the static file', () => {
  test('takes effect while the agent runs, and a broken one changes nothing', async () => {
    const [a, b] = (await backends('a', 'b')) as [Backend, Backend];
    const [servicePort = 0, otherPort = 0] = await freePorts(2);
    const agent = await Agent.start({ targets: [target('web', a.port, servicePort)] });
    open.push(agent);

    agent.writeTargets([target('web', a.port, servicePort), target('other', b.port, otherPort)]);
    await until('the new service answers', async () => (await get(`http://127.0.0.1:${otherPort}/`)).body === 'b');

    agent.writeTargets('[ {"Service": {"Name": "half');
    await until('the agent complains', async () => (await agent.problems()).length === 1);
    expect((await get(`http://127.0.0.1:${servicePort}/`)).body).toBe('a');
    expect((await get(`http://127.0.0.1:${otherPort}/`)).body).toBe('b');

    agent.writeTargets([target('web', a.port, servicePort)]);
    const status = async (): Promise<number> => (await get(`http://127.0.0.1:${otherPort}/`)).status;
    await until('the removed service answers at once that there is nobody', async () => (await status()) === 503);
    await until('the complaint is over', async () => (await agent.problems()).length === 0);
    expect((await agent.instances('other')).map(({ Status }) => Status)).toEqual([1]);
  });

  test('with one bad target serves all the others', async () => {
    const [a] = (await backends('a')) as [Backend];
    const [servicePort = 0, evilPort = 0] = await freePorts(2);
    const evil = { Service: { Name: 'evil\n\tbind *:6666', Ports: [{ Type: 'tcp', Port: 1, ServicePort: evilPort }] } };
    const agent = await Agent.start({ targets: [evil, target('web', a.port, servicePort), null] });
    open.push(agent);
    expect((await get(`http://127.0.0.1:${servicePort}/`)).body).toBe('a');
    expect(await agent.problems()).toHaveLength(2);
    expect(agent.config()).not.toContain('6666');
  });
});

test('a check that hangs, floods its output or ignores SIGTERM leaves the others in service and no process behind', async () => {
  const [a] = (await backends('a')) as [Backend];
  const [servicePort = 0] = await freePorts(1);
  const mark = `sidecar-nasty-${process.pid}-${servicePort}`;
  const nasty = [
    `: ${mark}; sleep 1000`,
    `: ${mark}; yes`,
    `: ${mark}; trap '' TERM; while :; do sleep 1; done`,
    `: ${mark}; sleep 1000 & sleep 1000`,
  ];
  const targets = nasty.map((Args, i) => target(`nasty-${i}`, 1, 0, { Type: 'External', Args }));
  const agent = await Agent.start({ targets: [...targets, target('web', a.port, servicePort)] });
  open.push(agent);
  const load = new Load(`http://127.0.0.1:${servicePort}/`, 1);
  open.push(load);
  const startedAt = performance.now();
  await until('every check has run into its limit twice', async () => {
    await pause(100);
    return performance.now() > startedAt + 8000;
  });
  const statuses = await Promise.all(nasty.map((_, i) => agent.instances(`nasty-${i}`)));
  expect(statuses.flat().map(({ Status }) => Status)).toEqual([2, 2, 2, 2]);
  await load.stop();
  expect(load.failuresSince(startedAt)).toEqual([]);
  expect(load.attempts.length).toBeGreaterThan(100);
  expect(processesWith(mark).length).toBeLessThanOrEqual(nasty.length * 3); // one run each: bash, and what it started
  agent.kill();
  await agent.ended();
  expect(processesWith(mark)).toEqual([]);
});
