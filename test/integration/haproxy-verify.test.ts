import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { writeFile } from 'node:fs/promises';
import { PROGRAM_DIRECTORIES, verifyCommand } from '../../src/haproxy/commands.js';
import { checkConfig } from '../../src/haproxy/check.js';
import { runCommand } from '../../src/platform/command.js';
import { systemFiles } from '../../src/platform/files.js';
import { systemListening } from '../../src/platform/listening.js';
import { systemProcesses } from '../../src/platform/processes.js';
import type { Service } from '../../src/service/service.js';
import { hostileService } from '../haproxy/support/hostile.js';
import { defaults, rendered } from '../haproxy/support/render.js';
import { silentLogger } from '../haproxy/support/silent-logger.js';
import { snapshotOf } from '../haproxy/support/snapshots.js';
import { World } from '../haproxy/support/world.js';
import { record } from '../support/records.js';

jest.setTimeout(60_000);

let world: World;
beforeEach(async () => {
  world = await World.create();
});
afterEach(() => world.end());

/** All that `haproxy -c` says about a configuration. */
async function verdict(config: string): Promise<string> {
  const haproxy = systemProcesses.findProgram('haproxy', PROGRAM_DIRECTORIES) ?? 'haproxy';
  await writeFile(world.path('verdict.cfg'), config);
  const limits = { timeoutMs: 30_000, maxOutputBytes: 1_000_000 };
  return (await runCommand(verifyCommand(haproxy, world.path('verdict.cfg')), limits)).output.trim();
}

const VALID = 'Configuration file is valid';
const services: readonly Service[] = ['http', 'tcp', 'ws'].flatMap((proxyMode, i) =>
  ['127.0.0.1', '::1'].map((ip, j) =>
    record({
      name: proxyMode,
      id: `${proxyMode}${j}`,
      hostname: 'localhost',
      proxyMode,
      ports: [{ type: 'tcp', port: 80, servicePort: 8000 + i, ip }],
    }),
  ),
);

describe('the built-in template loads without a warning', () => {
  test.each([
    ['with http, tcp and ws, IPv4 and IPv6 servers', {}],
    ['with host names', { useHostnames: true }],
    ['on an IPv6 address', { bindIp: '::1' }],
    ['on all addresses', { bindIp: '' }],
    ['without stats page and socket', { statsBind: '', runtimeSocket: '' }],
    ['for a user and a group', { user: 'nobody', group: 'nogroup' }],
    ['with few files', { fileLimit: 1024 }],
  ])('%s', async (_, overrides) => {
    expect(await verdict(rendered(services, overrides))).toBe(VALID);
  });

  test('without any service', async () => {
    expect(await verdict(rendered([]))).toBe(VALID);
  });
});

test('HAProxy accepts what remains of hostile records', async () => {
  for (const [i, batch] of fc.sample(fc.array(hostileService, { minLength: 60, maxLength: 60 }), 6).entries()) {
    const said = await verdict(rendered(batch, { useHostnames: i % 2 === 0 }));
    const lines = said.split('\n').filter((line) => !line.startsWith('[NOTICE]') && line !== 'Warnings were found.');
    expect(lines.filter((line) => !line.includes('could not resolve address'))).toEqual([VALID]);
  }
});

describe('checkConfig', () => {
  const deps = {
    files: systemFiles,
    processes: systemProcesses,
    listening: systemListening,
    run: runCommand,
    log: silentLogger,
  };
  const check = (templateFile: string) =>
    checkConfig(
      snapshotOf(services),
      { ...world.options(), ...defaults, templateFile },
      world.path('scratch.cfg'),
      deps,
    );

  test('passes the built-in template', async () => {
    const { text, fault, findings } = await check('');
    expect({ fault, findings }).toEqual({ fault: undefined, findings: [] });
    expect(text).toBe(rendered(services));
  });

  test('tells what HAProxy says of a bad template', async () => {
    await writeFile(world.path('t.hbs'), 'nonsense\n');
    expect((await check(world.path('t.hbs'))).fault).toMatchObject({
      code: 'CONFIG_REJECTED',
      words: expect.stringContaining("unknown keyword 'nonsense'"),
    });
  });

  test('says when there is no HAProxy to ask', async () => {
    const processes = { ...systemProcesses, findProgram: () => undefined };
    const result = await checkConfig(
      snapshotOf(services),
      { ...world.options(), ...defaults },
      world.path('scratch.cfg'),
      { ...deps, processes },
    );
    expect(result.fault?.code).toBe('HAPROXY_MISSING');
    expect(result.text).toBe(rendered(services));
  });
});
