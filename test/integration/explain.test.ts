import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { PROGRAM_DIRECTORIES } from '../../src/haproxy/commands.js';
import { systemProcesses } from '../../src/platform/processes.js';
import { askUnixSocket } from '../../src/platform/unix-socket.js';
import { Agent, type AgentSetup } from '../support/agent.js';
import { freePorts, listen, portOf } from '../support/network.js';
import { haproxyPid } from '../support/proxy-figures.js';
import { until } from '../support/until.js';
import { untilCode, why } from '../support/why.js';

/** What cannot be listened on is tried again after 30 s at the latest. */
const TRIED_AGAIN_MS = 45_000;
const LIMITS = { timeoutMs: 2_000, maxBytes: 100_000 };
const ALWAYS = { Type: 'AlwaysSuccessful' };

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

/** @param prepare makes further files, and tells of what is in the environment because of them */
async function started(
  setup: AgentSetup,
  prepare: (agent: Agent) => Readonly<Record<string, string>> = () => ({}),
): Promise<Agent> {
  const agent = await Agent.prepare(setup);
  open.push(() => agent.destroy());
  agent.spawn(prepare(agent));
  return agent;
}

/** Answers 200, or 500, or never; `recovering` does the former once it `hasRecovered`. */
async function backend(
  kind: 'well' | 'ill' | 'recovering' | 'hanging',
  hasRecovered: () => boolean = () => false,
): Promise<number> {
  const server: Server = await listen(
    createServer((_, response) => {
      if (kind === 'hanging') return;
      response.statusCode = kind === 'well' || hasRecovered() ? 200 : 500;
      response.end('the database is down');
    }),
  );
  open.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return portOf(server);
}

interface Target {
  readonly name: string;
  readonly port: number;
  readonly servicePort: number;
  readonly service?: Readonly<Record<string, unknown>>;
  readonly check?: unknown;
  readonly ip?: string;
  readonly type?: string;
}

const targetOf = (target: Target): unknown => {
  const { name, port, servicePort, service = {}, check = ALWAYS, ip = '127.0.0.1', type = 'tcp' } = target;
  const ports = [{ Type: type, Port: port, ServicePort: servicePort, IP: ip }];
  return {
    Service: { ...{ Name: name, Image: 'sound', ProxyMode: 'http', Ports: ports }, ...service },
    Check: check,
  };
};

/** The built-in template with a bad word for one image, without servers for another, and with a check by HAProxy for a third. */
const TEMPLATE = readFileSync('templates/haproxy.cfg.hbs', 'utf8')
  .replace(
    /^(frontend .*-\{\{svcPort\}\}\n)/m,
    '$1{{#each services as |one|}}{{#if (eq one.Image "zorg")}}\tmode zorg\n{{/if}}{{/each}}',
  )
  .replace(/^\tserver .*$/m, (line) => {
    const watched = '{{#if (eq svc.Image "watched")}} check inter 200ms{{/if}}';
    return `{{#unless (eq svc.Image "unwritten")}}\n${line}${watched}\n{{/unless}}`;
  });

describe('on one host', () => {
  test('faults of targets, checks, ports and template are found each by its code, and mended are routed', async () => {
    const [well, ill, hanging] = [await backend('well'), await backend('ill'), await backend('hanging')];
    let hasRecovered = false;
    const recovering = await backend('recovering', () => hasRecovered);
    const foreign = await listen(createTcpServer());
    open.push(() => foreign.close());
    const foreignPort = portOf(foreign);
    const [holding = 0, closed = 0, ...ports] = await freePorts(18);
    const http = (port: number, more: object = {}): unknown => ({
      ...{ Type: 'HttpGet', Args: `http://127.0.0.1:${port}/` },
      ...more,
    });
    const sound = (name: string): Target => ({
      name,
      port: well,
      servicePort: name === 'held' ? foreignPort : (ports[Object.keys(faults).indexOf(name)] ?? 0),
    });
    const faults: Readonly<Record<string, readonly [code: string, fault: Partial<Target>]>> = {
      held: ['PORT_HELD', {}],
      unoffered: ['NO_SERVICE_PORT', { servicePort: 0 }],
      datagram: ['SERVICE_PORT_NOT_TCP', { type: 'udp' }],
      taken: ['PORT_TAKEN', { servicePort: holding }],
      a_holder: ['PROXY_NAME_TAKEN', { servicePort: holding }],
      failing: ['CHECK_FAILED', { check: http(ill) }],
      hanging: ['CHECK_TIMED_OUT', { check: http(hanging, { HealthCheckTimeout: '300ms' }) }],
      unchecked: ['NOT_CHECKED_YET', { check: http(hanging, { HealthCheckTimeout: '55s' }) }],
      recovering: ['CHECK_RECOVERING', { check: http(recovering, { HealthCheckRise: 1_000 }) }],
      misfit: ['TARGET_REFUSED', { service: { ProxyMode: 'ftp' } }],
      weightless: ['WEIGHT_ZERO', { service: { Weight: 0 } }],
      nameless: ['HOSTNAME_UNRESOLVED', { ip: 'nobody.invalid' }],
      poisoned: ['SET_ASIDE', { service: { Image: 'zorg' } }],
      unwritten: ['NOT_IN_TEMPLATE', { service: { Image: 'unwritten' } }],
      watched: ['SERVER_DOWN', { service: { Image: 'watched' }, port: closed }],
    };
    const targets = (isMended: boolean): unknown[] => [
      targetOf({ name: 'a-holder', port: well, servicePort: holding }),
      ...Object.entries(faults).map(([name, [, fault]]) => targetOf({ ...sound(name), ...(isMended ? {} : fault) })),
    ];
    const agent = await started(
      { targets: targets(false), toml: { haproxy: ['template_file = "template.hbs"'] } },
      (prepared) => {
        writeFileSync(prepared.path('template.hbs'), TEMPLATE);
        return {};
      },
    );
    await untilCode(agent, 'ROUTED', ['a-holder']);
    await untilCode(agent, 'CHECK_FAILED', ['recovering']);
    hasRecovered = true;
    for (const [name, [code]] of Object.entries(faults)) {
      const { exit, sentence } = await untilCode(agent, code, [name]);
      expect([name, exit]).toEqual([name, 1]);
      if (name === 'failing') expect(sentence).toContain('500');
      if (name === 'held') foreign.close(); // it is tried again while the others are looked at
    }
    agent.writeTargets(targets(true));
    for (const name of Object.keys(faults).reverse())
      expect((await untilCode(agent, 'ROUTED', [name], TRIED_AGAIN_MS)).exit).toBe(0);
  });

  test('drains, circles, what is done to HAProxy by hand, and what nobody knows', async () => {
    const well = await backend('well');
    const [servicePort = 0, other = 0, third = 0] = await freePorts(3);
    const web = targetOf({ name: 'web', port: well, servicePort });
    const agent = await started({
      targets: [web, targetOf({ name: 'circle', port: servicePort, servicePort: other })],
    });
    await untilCode(agent, 'ROUTED', ['web']);
    await untilCode(agent, 'SERVER_IS_FRONTEND', ['circle']);

    const { Services } = await agent.catalog();
    const { ID: id, Hostname: host } = Services['web']![0]!;
    const drain = (method: string): Promise<Response> => fetch(agent.url(`/api/services/${id}/drain`), { method });
    await drain('POST');
    expect((await untilCode(agent, 'DRAINED', ['web'])).sentence).toContain('an operator drains it');
    await drain('DELETE');
    await untilCode(agent, 'ROUTED', ['web']);

    const server = `web-${servicePort}/${host}-${id}`;
    for (const [state, code] of [
      ['maint', 'SERVER_MAINTENANCE'],
      ['drain', 'SERVER_DRAINS'],
    ]) {
      await until(`${code} is seen`, async () => {
        await askUnixSocket(agent.path('haproxy.sock'), `set server ${server} state ${state}`, LIMITS);
        return (await why(agent, 'web')).code === code;
      });
      await askUnixSocket(agent.path('haproxy.sock'), `set server ${server} state ready`, LIMITS);
      await untilCode(agent, 'ROUTED', ['web']);
    }

    await until('SERVER_MISSING is seen', async () => {
      for (const command of [`set server ${server} state maint`, `del server ${server}`])
        await askUnixSocket(agent.path('haproxy.sock'), command, LIMITS);
      return (await why(agent, 'web')).code === 'SERVER_MISSING';
    });
    await untilCode(agent, 'ROUTED', ['web']);

    const pid = (await haproxyPid(agent)) ?? 0;
    process.kill(pid, 'SIGSTOP');
    await untilCode(agent, 'RUNTIME_API_SILENT', ['web']);
    process.kill(pid, 'SIGCONT');
    await untilCode(agent, 'ROUTED', ['web']);

    await untilCode(agent, 'UNKNOWN_INSTANCE', ['web', 'nobody']);
    await untilCode(agent, 'ROUTED', ['web', host]);
    expect((await untilCode(agent, 'UNKNOWN_SERVICE', ['wep'])).sentence).toBe('nobody knows wep; did you mean web?');
    const wep = targetOf({ name: 'wep', port: well, servicePort: other });
    agent.writeTargets([wep]);
    await untilCode(agent, 'ROUTED', ['wep']);
    await untilCode(agent, 'ENDED', ['web']);
    agent.writeTargets([web, wep, targetOf({ name: 'circle', port: well, servicePort: third })]);
    for (const name of ['web', 'circle']) await untilCode(agent, 'ROUTED', [name]);
  });

  test('a broken file, then a broken template, then an HAProxy that does not start: one after the other', async () => {
    const [servicePort = 0] = await freePorts(1);
    const targets = [targetOf({ name: 'web', port: await backend('well'), servicePort })];
    const agent = await started(
      { targets: '[{', toml: { haproxy: ['template_file = "template.hbs"'] } },
      (prepared) => {
        writeFileSync(prepared.path('template.hbs'), '{{#each');
        return haltedHaproxy(prepared);
      },
    );
    await untilCode(agent, 'STATIC_FILE_BROKEN', ['web']);
    agent.writeTargets(targets);
    await untilCode(agent, 'TEMPLATE_BROKEN', ['web']);
    writeFileSync(agent.path('template.hbs'), TEMPLATE.replace(/^global$/m, 'global\n\tzorg'));
    expect((await untilCode(agent, 'CONFIG_REJECTED', ['web'])).sentence).toContain('zorg');
    writeFileSync(agent.path('template.hbs'), TEMPLATE);
    await untilCode(agent, 'HAPROXY_DOWN', ['web']);
    writeFileSync(agent.path('may-start'), '');
    await untilCode(agent, 'ROUTED', ['web'], TRIED_AGAIN_MS);
  });

  test('checks that wait in line, and an agent that leaves HAProxy alone', async () => {
    const [well, hanging] = [await backend('well'), await backend('hanging')];
    const [servicePort = 0, other = 0] = await freePorts(2);
    const check = { Type: 'HttpGet', Args: `http://127.0.0.1:${hanging}/`, HealthCheckTimeout: '55s' };
    const web = targetOf({ name: 'web', port: well, servicePort });
    const queued = { ...check, Args: `http://127.0.0.1:${well}/` };
    const agent = await started({
      targets: [
        targetOf({ name: 'a-slow', port: hanging, servicePort: 0, check }),
        targetOf({ name: 'queued', port: well, servicePort: other, check: queued }),
        web,
      ],
      toml: { sidecar: ['max_checks = 1'], haproxy: ['disable = true'] },
    });
    await untilCode(agent, 'PROXY_DISABLED', ['web']);
    await untilCode(agent, 'CHECKS_QUEUED', ['queued']);
    agent.kill();
    await agent.ended();
    const toml = readFileSync(agent.path('sidecar.toml'), 'utf8');
    writeFileSync(agent.path('sidecar.toml'), toml.replace('disable = true', ''));
    agent.writeTargets([web, targetOf({ name: 'queued', port: well, servicePort: other, check: queued })]);
    agent.spawn();
    await untilCode(agent, 'ROUTED', ['web']);
    await untilCode(agent, 'ROUTED', ['queued']);
  });
});

/** An HAProxy that verifies, but does not start before there is a file `may-start`. */
function haltedHaproxy(agent: Agent): Readonly<Record<string, string>> {
  const real = systemProcesses.findProgram('haproxy', PROGRAM_DIRECTORIES) ?? 'haproxy';
  mkdirSync(agent.path('bin'));
  const script = `#!/bin/sh
case " $* " in *" -c "*|*" -v "*|*" -vv "*) exec ${real} "$@" ;; esac
[ -e ${agent.path('may-start')} ] || { echo 'no licence' >&2; exit 1; }
exec ${real} "$@"
`;
  writeFileSync(agent.path('bin/haproxy'), script, { mode: 0o755 });
  return { PATH: `${agent.path('bin')}:${process.env['PATH'] ?? ''}` };
}
