import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { afterEach, describe, expect, test } from '@jest/globals';
import { recordText } from '../../src/service/codec.js';
import { Status, type Service } from '../../src/service/service.js';
import { encodeState } from '../../src/service/state-codec.js';
import { HaproxyApi } from '../support/haproxy-api.js';
import { Agent, isAlive, target } from '../support/agent.js';
import { Backend, freePorts, get, listen, portOf } from '../support/network.js';
import { record } from '../support/records.js';
import { until } from '../support/until.js';

const FIXTURE = readFileSync('test/fixtures/contract/haproxy-api/update-request-body.json', 'utf8').trim();
const DEAD = '127.0.0.1:1';

interface HealthBody {
  readonly follow: { readonly connected: boolean; readonly state_age_ms: number };
}

let api: HaproxyApi;
const backends: Backend[] = [];

afterEach(async () => {
  await api.destroy();
  for (const backend of backends.splice(0)) await backend.stop();
});

async function backend(name: string): Promise<Backend> {
  const started = await Backend.start(name);
  backends.push(started);
  return started;
}

let changes = 0n;

/** An event of a Sidecar on h1 whose instances of `web` listen at `ports`. */
function updateOf(servicePort: number, ports: readonly number[], hostile: readonly Service[] = []): string {
  changes += 1n;
  const lastChanged = 1_700_000_000_000_000_000n + changes;
  const services = ports.map((port, i) =>
    record({
      id: `instance${i}`,
      ports: [{ type: 'tcp', port, servicePort, ip: '127.0.0.1' }],
      updated: lastChanged,
    }),
  );
  const all = new Map([...services, ...hostile].map((service) => [service.id, service]));
  const server = { name: 'h1', services: all, lastUpdated: lastChanged, lastChanged };
  const state = { servers: new Map([['h1', server]]), lastChanged, clusterName: 'c', hostname: 'h1' };
  const event = `{"Service":${recordText(services[0] ?? record())},"PreviousStatus":${Status.Unknown}}`;
  return `{"State":${encodeState(state, recordText)},"ChangeEvent":${event}}`;
}

/** haproxy-api, healthy after an update with one backend that answers `first`. */
async function serving(lines: Parameters<typeof HaproxyApi.prepare>[0] = {}) {
  api = await HaproxyApi.prepare(lines);
  const [port = 0] = await freePorts(1);
  const first = await backend('first');
  await api.start();
  expect(await api.post(updateOf(port, [first.port]))).toEqual({ status: 200, body: '' });
  await api.untilHealthy();
  await answers(port, 'first');
  return { port, first };
}

const answers = (port: number, name: string): Promise<unknown> =>
  until(`${name} answers`, async () => (await get(`http://127.0.0.1:${port}/`)).body === name);

describe('haproxy-api', () => {
  test('drives HAProxy by what is posted: a reload for a new port, none for another server', async () => {
    const { port, first } = await serving();
    const reloads = await api.reloads();
    const pids = api.haproxyPids();
    const second = await backend('second');
    await api.post(updateOf(port, [first.port, second.port]));
    await answers(port, 'second');
    await api.post(updateOf(port, [second.port]));
    await until('the first serves no more', async () => {
      const bodies = await Promise.all([1, 2, 3].map(() => get(`http://127.0.0.1:${port}/`)));
      return bodies.every(({ body }) => body === 'second');
    });
    expect([await api.reloads(), api.haproxyPids()]).toEqual([reloads, pids]);
    expect(JSON.parse((await api.health()).body)).toMatchObject({ last_service_changed: { Name: 'web' } });
  });

  test('takes the listener body of an original, and shows its state as the original does', async () => {
    api = await HaproxyApi.prepare();
    const [port = 0] = await freePorts(1);
    await api.start();
    const moved = (text: string): string => text.replaceAll('"ServicePort":9901', `"ServicePort":${port}`);
    expect((await api.post(moved(FIXTURE))).status).toBe(200);
    const recorded = readFileSync('test/fixtures/contract/haproxy-api/state-ok.http', 'utf8');
    expect((await get(api.url('/state'))).body).toBe(moved(/^\{.*\}$/m.exec(recorded)?.[0] ?? ''));
    await api.untilHealthy();
    expect(api.config()).toContain('10.79.0.9:20001');
  });

  test('fetches its first state, and is healthy by it', async () => {
    const [port = 0] = await freePorts(1);
    const first = await backend('first');
    const { State } = JSON.parse(updateOf(port, [first.port])) as { State: unknown };
    const agent = await listen(createServer((_, response) => response.end(JSON.stringify(State))));
    api = await HaproxyApi.prepare({ sidecar: [`state_url = "http://127.0.0.1:${portOf(agent)}/state.json"`] });
    await api.start();
    await api.untilHealthy();
    await answers(port, 'first');
    agent.close();
  });

  test('follows an agent, and serves on when that is gone', async () => {
    const first = await backend('first');
    const [port = 0] = await freePorts(1);
    const agent = await Agent.start({
      targets: [target('web', first.port, port)],
      toml: { haproxy: ['disable = true'] },
    });
    api = await HaproxyApi.prepare();
    const following = async (): Promise<HealthBody['follow']> =>
      (JSON.parse((await api.untilHealthy()).body) as HealthBody).follow;
    try {
      await api.start('-F', `127.0.0.1:${agent.httpPort}`);
      await answers(port, 'first');
      expect(await following()).toMatchObject({ upstream: agent.url(''), connected: true });
    } finally {
      await agent.destroy();
    }
    await until('the loss is noticed', async () => !(await following()).connected);
    await answers(port, 'first');
    expect((await api.health()).status).toBe(200);
  });

  test('ended and started again, it goes on from the last good state: HAProxy is neither reloaded nor emptied', async () => {
    const { port } = await serving({ haproxy: ['startup_grace = "100ms"'] });
    const pids = api.haproxyPids();
    const config = api.config();
    expect(await api.stop()).toMatchObject({ code: 0 });
    await answers(port, 'first');
    await api.start('-F', DEAD);
    const health = JSON.parse((await api.untilHealthy()).body) as HealthBody;
    expect(health).toMatchObject({ last_service_changed: null, follow: { connected: false } });
    expect(health.follow.state_age_ms).toBeGreaterThan(0);
    await until('the restored state is compared with what HAProxy serves', async () => {
      const status = JSON.parse((await get(api.url('/api/proxy'))).body) as {
        catalogVersion: { applied: number | null };
      };
      return status.catalogVersion.applied !== null;
    });
    expect([await api.reloads(), api.haproxyPids(), api.config()]).toEqual([0, pids, config]);
    await answers(port, 'first');
  });

  test('an HAProxy that is gone after a restart is started on the last good state, with nobody to ask', async () => {
    const { port } = await serving({ haproxy: ['stop_on_exit = true'] });
    await api.stop();
    expect(api.haproxyPids()).toEqual([]);
    await api.start();
    await answers(port, 'first');
    expect((await api.untilHealthy()).status).toBe(200);
  });

  test('says when HAProxy has died, be it as a zombie, and it is not its task to start it', async () => {
    await serving({ haproxy: ['supervise = false'] });
    const [pid = 0] = api.haproxyPids();
    process.kill(pid, 'SIGKILL');
    const { body } = await until('the death is noticed', async () => {
      const answer = await api.health();
      return answer.status === 500 ? answer : undefined;
    });
    expect(body).toBe('{"errors":["No HAproxy running!"]}');
  });

  test('says that a state did not reach HAProxy, and takes it back once one does', async () => {
    const { port } = await serving({ haproxy: ['template = "templates/haproxy.cfg"'] }); // the original's, which is not there
    mkdirSync(api.path('templates'));
    writeFileSync(api.path('templates/haproxy.cfg'), 'global\n  no such word\n');
    const { body } = await until('the template is refused', async () => {
      const answer = await api.health();
      return answer.status === 500 ? answer : undefined;
    });
    expect(body).toBe('{"errors":["Last attempted HAproxy config write failed!"]}');
    await answers(port, 'first');
    rmSync(api.path('templates/haproxy.cfg'));
    await api.untilHealthy();
  });

  test('puts the pid file right before its reload command reads it', async () => {
    const { port, first } = await serving();
    const pids = api.haproxyPids();
    await api.stop();
    writeFileSync(api.path('haproxy.pid'), '1\n');
    const [cfg, pidFile] = [api.path('haproxy.cfg'), api.path('haproxy.pid')];
    const reload = `haproxy -f ${cfg} -p ${pidFile} $([ -f ${pidFile} ] && echo "-sf $(cat ${pidFile})")`;
    api.configure({ haproxy: [`reload_cmd = '''${reload}'''`] });
    await api.start('-F', DEAD);
    await until('the pid file is right', () => String(api.haproxyPids()) === String(pids));
    const [other = 0] = await freePorts(1);
    await api.post(updateOf(other, [first.port]));
    await answers(other, 'first');
    await until('the HAProxy of before has ended', () => pids.every((pid) => !isAlive(pid)));
    expect(port).not.toBe(other);
  });
});

describe('bad input', () => {
  test('is refused with the reason, and HAProxy serves the last good state', async () => {
    const { port, first } = await serving();
    const config = api.config();
    const state = (await get(api.url('/state'))).body;
    const long = await api.post(Buffer.alloc(50 * 1024 * 1024, ' '));
    expect(long).toEqual({ status: 413, body: '{"errors":["the body is longer than 20971520 bytes"]}' });
    for (const body of ['', '{"State":', '{"State":{"Servers":{}', '<html></html>', '{}', '[]', 'null'])
      expect([body, await api.post(body)]).toEqual([
        body,
        { status: 500, body: expect.stringMatching(/^\{"errors":\[".+"\]\}$/) },
      ]);
    expect((await get(api.url('/state'))).body).toBe(state);

    const ports = [{ type: 'tcp', port: first.port, servicePort: 1, ip: '127.0.0.1' }];
    const hostile = [
      record({ id: 'name', name: 'x\n  bind :1\nfrontend evil', ports }),
      record({ id: 'ip', ports: [{ type: 'tcp', port: 1, servicePort: port, ip: '1.1.1.1:1 check\nevil' }] }),
      record({ id: 'mode', proxyMode: 'evil', name: 'evil', ports }),
    ];
    expect((await api.post(updateOf(port, [first.port], hostile))).status).toBe(200);
    expect((await get(api.url('/state'))).body).not.toContain('frontend');
    await answers(port, 'first');
    expect((await api.health()).status).toBe(200);
    expect(api.config()).toBe(config);
  });

  test('costs no more memory than the bound', async () => {
    await serving({ haproxy_api: ['max_body = 1048576'] });
    const peakKb = (): number =>
      Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${api.pid}/status`, 'utf8'))?.[1]);
    const before = peakKb();
    const body = Buffer.alloc(50 * 1024 * 1024, ' ');
    for (let i = 0; i < 4; i += 1) expect((await api.post(body)).status).toBe(413);
    expect(peakKb() - before).toBeLessThan(100 * 1024);
  });
});

describe('the command', () => {
  test('refuses flags and files that it cannot understand, with status 1', async () => {
    api = await HaproxyApi.prepare({ haproxy_api: ['token = 7'] });
    api.spawn('--folow', 'x');
    expect(await api.ended()).toMatchObject({ code: 1 });
    expect(api.log).toContain('haproxy-api: unknown flag "--folow"; did you mean --follow? [FLAG_UNKNOWN]');
    expect(api.log).toContain('haproxy_api.token is (not shown), expected a string in quotes [NOT_A_STRING]');
  });

  test('checks and prints its configuration', async () => {
    api = await HaproxyApi.prepare({ haproxy_api: ['token = "s3cret"'] });
    api.spawn('--check-config');
    expect(await api.ended()).toMatchObject({ code: 0 });
    expect(api.log).toContain('HAProxy accepts the rendered configuration');
    expect(api.log).not.toContain('s3cret');
  });

  test('ends at a busy port, before it has touched HAProxy', async () => {
    api = await HaproxyApi.prepare();
    const other = await listen(createServer(), api.port);
    api.spawn();
    expect(await api.ended()).toMatchObject({ code: 1 });
    expect(api.log).toContain('is in use');
    other.close();
  });
});
