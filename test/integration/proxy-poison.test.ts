import { writeFileSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { Agent } from '../support/agent.js';
import { Backends } from '../support/backends.js';
import { HaproxyWrapper } from '../support/haproxy-wrapper.js';
import { freePorts, get, listen } from '../support/network.js';
import { haproxyPid } from '../support/proxy-figures.js';
import { problemTexts, proxyReport } from '../support/proxy-report.js';
import { Traffic } from '../support/traffic.js';
import { until } from '../support/until.js';

const SERVICES = 50;
const TEMPLATE = 'custom.hbs';
/** Of a port that cannot be bound it is told again after 30 s. */
const TRIED_AGAIN_MS = 45_000;

const open: { destroy(): Promise<void> }[] = [];
function opened<T extends { destroy(): Promise<void> }>(one: T): T {
  open.push(one);
  return one;
}
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.destroy();
});

/** One instance of a service of its own. */
interface Member {
  readonly name: string;
  readonly port: number;
  readonly servicePort: number;
  readonly hostname?: string;
  readonly image?: string;
}

const targetOf = ({ name, port, servicePort, hostname = '127.0.0.1', image = 'sound' }: Member): unknown => ({
  Service: {
    Name: name,
    Hostname: hostname,
    Image: image,
    ProxyMode: 'http',
    Ports: [{ Type: 'tcp', Port: port, ServicePort: servicePort, IP: '127.0.0.1' }],
  },
  Check: { Type: 'AlwaysSuccessful' },
});

/** The built-in template with a bad word in the frontend of each service whose image says so. */
const corruptible = (builtIn: string): string =>
  builtIn.replace(
    /^(frontend .*-\{\{svcPort\}\}\n)/m,
    '$1{{#each services as |one|}}{{#if (eq one.Image "zorg")}}\tmode zorg\n{{/if}}{{/each}}',
  );

/** Fifty valid services under constant load, an agent whose HAProxy runs are counted, and room for poison. */
class Ward {
  private extra: readonly Member[] = [];

  private constructor(
    readonly agent: Agent,
    readonly wrapper: HaproxyWrapper,
    private readonly backends: Backends,
    private readonly valid: readonly Member[],
    private readonly ports: number[],
    private readonly traffic: Traffic,
  ) {}

  static async open(haproxy: readonly string[]): Promise<Ward> {
    const wrapper = opened(new HaproxyWrapper());
    const backends = opened(new Backends());
    const names = Array.from({ length: SERVICES }, (_, i) => `valid-${i}`);
    const ports: number[] = [];
    for (const name of names) ports.push(await backends.listen(name));
    const spare = await freePorts(SERVICES + 20);
    const valid = names.map((name, i) => ({ name, port: ports[i] ?? 0, servicePort: spare.pop() ?? 0 }));
    const agent = opened(
      await Agent.prepare({
        env: { PATH: wrapper.path },
        toml: { haproxy: [`template_file = "${TEMPLATE}"`, ...haproxy] },
        targets: valid.map(targetOf),
      }),
    );
    writeFileSync(agent.path(TEMPLATE), corruptible(readFileSync('templates/haproxy.cfg.hbs', 'utf8')));
    agent.spawn();
    await agent.untilReady();
    const [first] = valid;
    await until('HAProxy serves', async () => (await get(`http://127.0.0.1:${first?.servicePort}/`)).status === 200);
    const lanes = valid.map(({ servicePort: port }) => ({ port, kind: 'close', workers: 1, pauseMs: 100 }) as const);
    return new Ward(agent, wrapper, backends, valid, spare, opened(new Traffic(lanes)));
  }

  /** The one of the valid services with a port that others may claim. */
  get holder(): Member {
    const [member] = this.valid;
    if (!member) throw new Error('there is no service');
    return member;
  }

  /** A service with a backend of its own, not yet listed. */
  async member(name: string, overrides: Partial<Member> = {}): Promise<Member> {
    return { name, port: await this.backends.listen(name), servicePort: this.ports.pop() ?? 0, ...overrides };
  }

  /** Lists `members` beside the valid services. */
  list(...members: readonly Member[]): void {
    this.extra = members;
    this.agent.writeTargets([...this.valid, ...members].map(targetOf));
  }

  /**
   * Lists a service that cannot be served together with one that can.
   *
   * @param words of HAProxy, or of the system, that name what is wrong
   * @returns once the one is served, all fifty others answer, and the culprit is named everywhere
   */
  async poison(culprit: Member, code: string, words: RegExp): Promise<void> {
    const sound = await this.member(`beside-${culprit.name}`);
    const verifications = this.wrapper.count('-c');
    this.list(sound, culprit);
    await until('the sound one is served', () => this.answers(sound));
    await until('the culprit is named in /health', async () => {
      const texts = await problemTexts(this.agent);
      return texts.some((text) => text.startsWith(`${code}: ${culprit.name}`) && words.test(text));
    });
    const { setAside } = await proxyReport(this.agent);
    expect(setAside).toEqual([
      expect.objectContaining({ service: culprit.name, code, message: expect.stringMatching(words) }),
    ]);
    await this.everyValidOneAnswers();
    expect(this.wrapper.count('-c') - verifications).toBeLessThanOrEqual(Math.log2(SERVICES + 2) + 4);
  }

  /** The culprit is served, and nothing is wrong any more. */
  async recovered(culprit: Member, withinMs?: number): Promise<void> {
    await until(`${culprit.name} is served`, () => this.answers(culprit), withinMs);
    await until('nothing is wrong any more', async () => (await problemTexts(this.agent)).length === 0, withinMs);
    expect((await proxyReport(this.agent)).setAside).toEqual([]);
    await this.everyValidOneAnswers();
  }

  /** No request of the load has failed. */
  async nothingFailed(): Promise<void> {
    await this.traffic.stop();
    expect({ failed: this.traffic.failed, first: this.traffic.failures.slice(0, 5) }).toEqual({ failed: 0, first: [] });
  }

  /** The sound one that was listed last. */
  get companion(): Member {
    const [member] = this.extra;
    if (!member) throw new Error('nothing is listed beside the valid services');
    return member;
  }

  private async answers({ name, servicePort }: Member): Promise<boolean> {
    const { status, body } = await get(`http://127.0.0.1:${servicePort}/`);
    return status === 200 && body.startsWith(`${name} `);
  }

  private async everyValidOneAnswers(): Promise<void> {
    for (const member of this.valid) expect([member.name, await this.answers(member)]).toEqual([member.name, true]);
  }
}

/** A program that listens where a service should. */
async function squat(port: number): Promise<{ destroy(): Promise<void> }> {
  const server = await listen(
    createServer((socket) => socket.destroy()),
    port,
  );
  return opened({
    destroy: async () => {
      if (server.listening) await new Promise((resolve) => server.close(resolve));
    },
  });
}

describe('among fifty valid services under load', () => {
  test('each kind of poison costs only its own service, is named, and is over by itself when it is mended', async () => {
    const ward = await Ward.open(['use_hostnames = true']);

    const corrupt = await ward.member('corrupt', { image: 'zorg' });
    await ward.poison(corrupt, 'SERVICE_SET_ASIDE', /unknown proxy mode 'zorg'/);
    ward.list(ward.companion, { ...corrupt, image: 'sound' });
    await ward.recovered(corrupt);

    const { servicePort } = ward.holder;
    const thief = await ward.member('a-thief');
    await ward.poison({ ...thief, servicePort }, 'SERVICE_PORT_TAKEN', /belongs to valid-0, which has it on this host/);
    ward.list(ward.companion, thief);
    await ward.recovered(thief);

    const shutOut = await ward.member('shut-out');
    const squatter = await squat(shutOut.servicePort);
    await ward.poison(shutOut, 'SERVICE_PORT_UNAVAILABLE', /EADDRINUSE/);
    await squatter.destroy();
    await ward.recovered(shutOut, TRIED_AGAIN_MS);

    const lost = await ward.member('lost');
    await ward.poison({ ...lost, hostname: 'nobody.invalid' }, 'HOSTNAME_UNRESOLVED', /nobody knows the address/);
    ward.list(ward.companion, lost);
    await ward.recovered(lost);
    await ward.nothingFailed();
  });

  test("a port that is taken costs only its service with a reload_command of the operator's own as well", async () => {
    const start = 'haproxy -D -f haproxy.cfg -p haproxy.pid';
    const ward = await Ward.open([
      `start_command = "${start}"`,
      `reload_command = "${start} -x haproxy.sock -sf $(cat haproxy.pid)"`,
    ]);
    const pid = await haproxyPid(ward.agent);
    const shutOut = await ward.member('shut-out');
    const squatter = await squat(shutOut.servicePort);
    await ward.poison(shutOut, 'SERVICE_PORT_UNAVAILABLE', /HAProxy cannot listen on port/);
    expect(await haproxyPid(ward.agent)).not.toBe(pid);
    await squatter.destroy();
    await ward.recovered(shutOut, TRIED_AGAIN_MS);
  });
});
