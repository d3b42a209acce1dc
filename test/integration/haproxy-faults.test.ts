import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { chmod, mkdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { get, isAlive, until, World } from '../haproxy/support/world.js';

jest.setTimeout(60_000);

let world: World;
beforeEach(async () => {
  world = await World.create();
});
afterEach(() => world.end());

const serve = async (text: string): Promise<void> => {
  world.catalog.hold([world.service(await world.httpBackend(text))]);
};
const builtIn = readFileSync('templates/haproxy.cfg.hbs', 'utf8');

describe('a template that breaks', () => {
  test("leaves the old configuration serving, says why in HAProxy's words, and takes effect when it is mended", async () => {
    const templateFile = world.path('custom.hbs');
    await writeFile(templateFile, builtIn);
    world.start({ templateFile });
    await serve('one');
    await world.caughtUp();
    const good = await readFile(world.path('haproxy.cfg'), 'utf8');

    await writeFile(templateFile, builtIn.replace('balance  roundrobin', 'balance  by-weather'));
    const words = await until('rejected', () => world.problem('CONFIG_REJECTED'));
    expect(words).toContain("balance only supports 'roundrobin'");
    expect(world.manager.status().rejected).toContain('[ALERT] config : parsing');
    expect(await readFile(world.path('haproxy.cfg'), 'utf8')).toBe(good);
    expect(await get(world.port)).toBe('one');
    expect(world.manager.caughtUp()).toBe(true);

    await serve('two');
    await until('tried for the change', () => !world.manager.caughtUp());
    await writeFile(templateFile, builtIn.replace('retries  3', 'retries  4'));
    await world.caughtUp();
    expect(await get(world.port)).toBe('two');
    expect(world.problems.list()).toEqual([]);
    expect(world.lines.filter((line) => line.startsWith('warn HAProxy rejected'))).toHaveLength(1);
  });

  test('is named with its line when it cannot be read', async () => {
    const templateFile = world.path('custom.hbs');
    await writeFile(templateFile, 'global\n{{#each Services}}\n{{oops}\n');
    world.start({ templateFile });
    expect(await until('refused', () => world.problem('TEMPLATE_SYNTAX'))).toContain('line 3');
  });
});

describe('an HAProxy that ends', () => {
  test('is back within two seconds, and a machine that stalls once gets a second chance', async () => {
    world.start();
    await serve('x');
    await world.caughtUp();
    const awayMs: number[] = [];
    while (awayMs.length < 2 && !awayMs.some((each) => each <= 2_000)) {
      const killedAt = performance.now();
      process.kill(world.pids[0] ?? 0, 'SIGKILL');
      await until('it answers again', async () => (await get(world.port)) === 'x');
      awayMs.push(performance.now() - killedAt);
      await until('the new one is known', () => world.pids.some(isAlive));
    }
    expect(Math.min(...awayMs)).toBeLessThanOrEqual(2_000);
    expect(world.manager.status().lastReload?.reason).toBe('HAProxy was not running');
  });

  test('comes back even if somebody deleted its configuration', async () => {
    world.start();
    await serve('x');
    await world.caughtUp();
    await rm(world.path('haproxy.cfg'));
    process.kill(world.pids[0] ?? 0, 'SIGKILL');
    await until('it answers again', async () => (await get(world.port)) === 'x');
    await until('nothing is wrong any more', () => world.problems.list().length === 0);
  });

  test('is started by start_command where reload_command is custom', async () => {
    const { configFile } = world.options();
    const line = `PATH=$PATH:/usr/sbin haproxy -D -f ${configFile} -p ${world.path('haproxy.pid')}`;
    world.start({ reloadCommand: `${line} -sf $(cat ${world.path('haproxy.pid')})`, startCommand: line });
    await serve('x');
    await world.caughtUp();
    await until('it answers', async () => (await get(world.port)) === 'x');
    process.kill(world.pids[0] ?? 0, 'SIGKILL');
    await until('it answers again', async () => (await get(world.port)) === 'x');
  });
});

describe('a reload that fails after a good verification', () => {
  test('puts the previous file back and is tried again until the port is free', async () => {
    world.start();
    await serve('one');
    await world.caughtUp();
    const good = await readFile(world.path('haproxy.cfg'), 'utf8');
    const taken = await World.create();
    const release = await taken.hold(taken.port);
    world.onEnd(() => taken.end());

    world.catalog.hold([world.service(1), taken.service(2, { name: 'other' })]);
    expect(await until('failed', () => world.problem('RELOAD_FAILED'))).toContain('Address already in use');
    expect(await readFile(world.path('haproxy.cfg'), 'utf8')).toBe(good);
    expect(await until('the old one serves', () => get(world.port))).toBe('one');

    await release();
    await world.caughtUp();
    expect(world.problem('RELOAD_FAILED')).toBeUndefined();
  });
});

describe('foreign processes', () => {
  test('in the pid file are never signalled, whatever they are', async () => {
    const sleeper = spawn('sleep', ['300'], { stdio: 'ignore' });
    await symlink(process.execPath, world.path('haproxy'));
    const namesake = spawn(world.path('haproxy'), ['-e', 'setTimeout(() => {}, 300000)'], { stdio: 'ignore' });
    world.onEnd(() => [sleeper, namesake].map((child) => child.kill('SIGKILL')));
    await writeFile(world.path('haproxy.pid'), ` ${sleeper.pid ?? ''} \n${namesake.pid ?? ''}\n${process.pid}\n`);
    world.start();
    await serve('x');
    await world.caughtUp();
    expect(world.commands.at(-1)).not.toContain('-sf');
    await world.stop();
    for (const { pid } of [sleeper, namesake]) expect(isAlive(pid ?? 0)).toBe(true);
  });
});

describe('custom commands', () => {
  test('verify sees the candidate by path and by variable', async () => {
    const { configFile } = world.options();
    const seen = world.path('seen');
    world.start({ verifyCommand: `test ${configFile} = "$HAPROXY_CONFIG_CANDIDATE" && cat ${configFile} > ${seen}` });
    await serve('x');
    await world.caughtUp();
    expect(await readFile(seen, 'utf8')).toBe(await readFile(configFile, 'utf8'));
  });

  test('a verify_command that cannot see the candidate does not replace the built-in one', async () => {
    const templateFile = world.path('custom.hbs');
    await writeFile(templateFile, 'nonsense\n');
    world.start({ verifyCommand: 'true', templateFile });
    await until('rejected', () => world.problem('CONFIG_REJECTED'));
  });
});

describe('a config directory that may not be written', () => {
  /** Root may write everywhere, so for a while this process is nobody. */
  const asOrdinaryUser = (): (() => void) => {
    if (process.geteuid?.() !== 0) return () => undefined;
    process.seteuid?.(65_534);
    return () => process.seteuid?.(0);
  };

  test('is a problem that names it, and is over by itself when the right is given', async () => {
    const directory = world.path('etc');
    await mkdir(directory);
    await chmod(world.directory, 0o755);
    await chmod(directory, 0o555);
    const backToRoot = asOrdinaryUser();
    try {
      world.start({ configFile: join(directory, 'haproxy.cfg') });
      await serve('x');
      const message = await until('named', () => world.problem('CONFIG_NOT_WRITABLE'));
      expect(message).toContain(`${directory}/.haproxy.cfg.candidate cannot be written (EACCES`);
      expect(world.manager.caughtUp()).toBe(false);
    } finally {
      backToRoot();
    }
    await chmod(directory, 0o755);
    await world.caughtUp();
    expect(await get(world.port)).toBe('x');
    expect(world.problem('CONFIG_NOT_WRITABLE')).toBeUndefined();
  });
});

test('a process that is older than its file is reloaded, not adopted', async () => {
  world.start({ stopOnExit: false });
  await serve('x');
  await world.caughtUp();
  await world.stop();
  const later = new Date(Date.now() + 60_000);
  await utimes(world.path('haproxy.cfg'), later, later);
  world.start();
  await world.caughtUp();
  expect(world.manager.status().reloads).toBe(1);
});
