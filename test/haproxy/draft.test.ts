import { describe, expect, test } from '@jest/globals';
import { bindableDraft } from '../../src/haproxy/bindable.js';
import {
  asideKey,
  draftOf,
  NO_SURROUNDINGS,
  NOTHING_ASIDE,
  statsComplaint,
  type Draft,
} from '../../src/haproxy/draft.js';
import type { HaproxyOptions } from '../../src/haproxy/options.js';
import type { Place } from '../../src/haproxy/ports.js';
import { ok } from '../../src/lib/result.js';
import type { Service } from '../../src/service/service.js';
import { record } from '../support/records.js';
import { builtInText, compiled, defaults } from './support/render.js';
import { snapshotOf } from './support/snapshots.js';

const options: HaproxyOptions = {
  ...defaults,
  hostname: 'h1',
  templateFile: '',
  configFile: '/etc/haproxy.cfg',
  pidFile: '',
  reloadCommand: '',
  verifyCommand: '',
  startCommand: '',
  supervise: true,
  stopOnExit: false,
  reloadIntervalMs: 1_000,
  drainTimeoutMs: 30_000,
  drainTimeoutTcpMs: 3_600_000,
  maxOldProcesses: 5,
  useRuntimeApi: true,
  templateDir: '',
};
const service = (name: string, servicePort: number, ip = '10.79.0.9'): Service =>
  record({ name, id: name, ports: [{ type: 'tcp', port: 80, servicePort, ip }] });

/** The draft of a host where these ports are busy, and what it tried. */
async function draft(
  services: readonly Service[],
  busy: readonly number[],
  { held = [] as readonly number[], template = builtInText, served = [] as readonly string[] } = {},
): Promise<{ readonly result: Draft; readonly text: string; readonly tried: readonly number[] }> {
  const tried: number[] = [];
  const listening = {
    addresses: () => [],
    tryListen: ({ port }: Place) => {
      tried.push(port);
      return Promise.resolve(busy.includes(port) ? { errno: 'EADDRINUSE', words: 'taken' } : undefined);
    },
  };
  const deps = { processes: { runsAsRoot: false, fileLimit: undefined }, listening };
  const loaded = { template: ok(compiled(template)) };
  const render = (aside: Draft['setAside']): Draft =>
    draftOf(snapshotOf(services), loaded, options, NO_SURROUNDINGS, aside, deps);
  const holds = ({ port }: Place): boolean => held.includes(port);
  const isServed = ({ proxy }: { readonly proxy: string }): boolean => served.includes(proxy);
  const result = await bindableDraft(render, NOTHING_ASIDE, options, holds, isServed, listening.tryListen);
  return { result, text: result.text.ok ? result.text.value : JSON.stringify(result.text.fault), tried };
}

describe('what HAProxy cannot listen on is set aside, and nothing else', () => {
  test('a ServicePort, with a finding that names service, port and reason', async () => {
    const { result, text } = await draft([service('web', 8000), service('bad', 8001)], [8001]);
    expect(text).toContain('frontend web-8000');
    expect(text).not.toContain('8001');
    expect(result.model.leftOut).toEqual([
      {
        service: 'bad',
        servicePort: 8001,
        code: 'SERVICE_PORT_UNAVAILABLE',
        message:
          'HAProxy cannot listen on port 8001 (taken), everything else is served: ' +
          'end the program that has it (ss -ltnp names it), or change its ServicePort',
      },
    ]);
    expect(asideKey(result.setAside)).toBe('8001');
  });

  test('one of a service with several', async () => {
    const ports = [8000, 8001].map((servicePort) => ({ type: 'tcp', port: 80, servicePort, ip: '10.79.0.9' }));
    const { text } = await draft([record({ ports })], [8001]);
    expect(text).toContain('frontend web-8000');
    expect(text).not.toContain('frontend web-8001');
  });

  test('in a custom template, by the name of its frontend or by its port', async () => {
    const offset = builtInText.replace('bind {{bindIP}}:{{svcPort}}', 'bind {{bindIP}}:1{{svcPort}}');
    expect((await draft([service('web', 8000)], [18000], { template: offset })).text).not.toContain('web-8000');
    const renamed = builtInText.replace('frontend {{sanitizeName svcName}}', 'frontend in-{{sanitizeName svcName}}');
    expect((await draft([service('web', 8000)], [8000], { template: renamed })).text).not.toContain('web-8000');
  });

  test('the stats page', async () => {
    const { result, text } = await draft([service('web', 8000)], [3212]);
    expect(text).toContain('frontend web-8000');
    expect(text).not.toContain('frontend stats');
    expect(statsComplaint(result, options.statsBind)).toEqual([
      expect.objectContaining({ code: 'STATS_BIND_UNAVAILABLE', subject: '127.0.0.1:3212' }),
    ]);
  });
});

test('a port that the running HAProxy holds is not tried', async () => {
  const { tried, text } = await draft([service('web', 8000), service('new', 8001)], [8000], { held: [8000, 3212] });
  expect(tried).toEqual([8001]);
  expect(text).toContain('frontend web-8000');
});

test('a busy address that belongs to no service is named, and nothing is loaded', async () => {
  const template = `${builtInText}\nlisten extra\n\tbind 127.0.0.1:6000\n`;
  const { result } = await draft([service('web', 8000)], [6000], { template });
  expect(result.text).toEqual({
    ok: false,
    fault: expect.objectContaining({
      code: 'BIND_UNAVAILABLE',
      section: 'listen extra',
      spec: '127.0.0.1:6000',
      words: 'taken',
    }),
  });
});

test('the address that belongs to no service is the one that is named, also when a service is blocked beside it', async () => {
  const template = `${builtInText}\nlisten gw\n\tmode http\n\tbind 127.0.0.1:27930\n`;
  const { text } = await draft([service('web', 8000)], [8000, 27_930], { template });
  expect(text).toContain('BIND_UNAVAILABLE');
  expect(text).toContain('127.0.0.1:27930');
  expect(text).toContain('listen gw');
});

test('a server has the name of this host, not of the one whose state it is, to be left out as a circle', () => {
  const deps = {
    processes: { runsAsRoot: false, fileLimit: undefined },
    listening: { addresses: () => [], tryListen: () => Promise.resolve(undefined) },
  };
  const ports = [{ type: 'tcp', port: 8000, servicePort: 8000, ip: '10.79.0.9' }];
  const snapshot = snapshotOf([record({ hostname: 'h1', ports })]);
  const servicesOn = (hostname: string): number => {
    const host = { ...options, bindIp: '', useHostnames: true, hostname };
    const loaded = { template: ok(compiled(builtInText)) };
    return draftOf(snapshot, loaded, host, NO_SURROUNDINGS, NOTHING_ASIDE, deps).model.services.length;
  };
  expect([snapshot.hostname, servicesOn('h1'), servicesOn('h2')]).toEqual(['h1', 0, 1]);
});
