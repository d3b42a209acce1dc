import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { chmod, mkdir, readFile, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ProxyMemory } from '../../src/haproxy/proxy-memory.js';
import { systemProcesses } from '../../src/platform/processes.js';
import { freePort, get, isAlive, until, World } from '../haproxy/support/world.js';
import { Load } from '../support/load.js';

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

describe('a ServicePort that is taken', () => {
  /** Another world's port, and what sets it free. */
  async function taken(): Promise<{ readonly other: World; readonly release: () => Promise<void> }> {
    const other = await World.create();
    const release = await other.hold(other.port);
    world.onEnd(() => other.end());
    return { other, release };
  }

  test('is set aside alone, without one failed request elsewhere, and served once it is free', async () => {
    const backend = await world.httpBackend('one');
    world.start();
    world.catalog.hold([world.service(backend)]);
    await world.caughtUp();
    const load = new Load(`http://127.0.0.1:${world.port}/`, 1);
    world.onEnd(() => load.stop());
    const since = performance.now();
    const { other, release } = await taken();
    const third = await freePort();

    const bad = other.service(backend, { name: 'bad', id: 'bad' });
    world.catalog.hold([world.service(backend), bad]);
    const message = await until('named', () => world.problem('SERVICE_PORT_UNAVAILABLE'));
    expect(message).toContain(`bad:${other.port}: HAProxy cannot listen on port ${other.port} (listen EADDRINUSE`);
    await world.caughtUp();
    expect(world.manager.status().leftOut).toEqual([expect.objectContaining({ service: 'bad' })]);
    expect(world.manager.status().reloads).toBe(1);

    const ports = [{ type: 'tcp', port: backend, servicePort: third, ip: '127.0.0.1' }];
    world.catalog.hold([world.service(backend), bad, world.service(backend, { name: 'third', id: 'third', ports })]);
    await until('a later service is served', async () => (await get(third)) === 'one');
    await release();
    await until('the port is served', async () => (await get(other.port)) === 'one');
    await until('the third reload is done', () => world.manager.status().reloads === 3);
    expect(world.problems.list()).toEqual([]);
    await load.stop();
    expect(load.failuresSince(since)).toEqual([]);
    expect(load.attempts.length).toBeGreaterThan(20);
  });

  test('does not keep HAProxy from starting, nor from coming back', async () => {
    const backend = await world.httpBackend('one');
    const { other } = await taken();
    world.start();
    world.catalog.hold([world.service(backend), other.service(backend, { name: 'bad', id: 'bad' })]);
    await world.caughtUp();
    expect(await get(world.port)).toBe('one');
    process.kill(world.pids[0] ?? 0, 'SIGKILL');
    await until('it is noticed', () => world.manager.status().reloads === 2);
    expect(await until('it answers again', () => get(world.port))).toBe('one');
  });

  test('while HAProxy was down is found out when it cannot start', async () => {
    const backend = await world.httpBackend('one');
    const other = await World.create();
    world.onEnd(() => other.end());
    world.start();
    world.catalog.hold([world.service(backend), other.service(backend, { name: 'bad', id: 'bad' })]);
    await world.caughtUp();
    await world.stop();
    await other.hold(other.port);
    world.start();
    await until('the good one answers', async () => (await get(world.port)) === 'one');
    await until('the bad one is named', () => world.problem('SERVICE_PORT_UNAVAILABLE'));
  });

  test('by the stats page costs only the page', async () => {
    const { other } = await taken();
    world.start({ statsBind: `127.0.0.1:${other.port}` });
    await serve('x');
    await world.caughtUp();
    expect(await get(world.port)).toBe('x');
    expect(world.problem('STATS_BIND_UNAVAILABLE')).toContain('or change stats_bind');
  });

  test('by something else of a custom template leaves the running HAProxy untouched', async () => {
    const { other } = await taken();
    const templateFile = world.path('custom.hbs');
    await writeFile(templateFile, builtIn);
    world.start({ templateFile });
    await serve('x');
    await world.caughtUp();
    const { pids } = world;
    await writeFile(templateFile, `${builtIn}\nlisten extra\n\tbind 127.0.0.1:${other.port}\n`);
    expect(await until('named', () => world.problem('BIND_UNAVAILABLE'))).toContain('`listen extra`');
    expect(world.pids).toEqual(pids);
    expect(await get(world.port)).toBe('x');
  });
});

describe('a reload that fails after a good verification', () => {
  test('puts the previous file back and is tried again until it succeeds', async () => {
    const templateFile = world.path('custom.hbs');
    await writeFile(templateFile, builtIn);
    world.start({ templateFile });
    await serve('one');
    await world.caughtUp();
    const good = await readFile(world.path('haproxy.cfg'), 'utf8');

    await writeFile(templateFile, `${builtIn}\nlisten extra\n\tbind ${world.path('missing/x.sock')}\n`);
    expect(await until('failed', () => world.problem('RELOAD_FAILED'))).toContain(', the previous one goes on: ');
    expect(await readFile(world.path('haproxy.cfg'), 'utf8')).toBe(good);
    expect(await until('the old one serves', () => get(world.port))).toBe('one');

    await mkdir(world.path('missing'));
    await until('it succeeds', () => world.manager.status().reloads === 2);
    await until('nothing is wrong any more', () => world.problem('RELOAD_FAILED') === undefined);
  });

  test('does not speak of a previous configuration when there is none', async () => {
    const templateFile = world.path('custom.hbs');
    await writeFile(templateFile, `${builtIn}\nlisten extra\n\tbind ${world.path('missing/x.sock')}\n`);
    world.start({ templateFile });
    expect(await until('failed', () => world.problem('RELOAD_FAILED'))).not.toContain('previous');
  });
});

test('a server that is HAProxy itself is left out', async () => {
  world.start({ bindIp: '' });
  const ports = [{ type: 'tcp', port: world.port, servicePort: world.port, ip: '127.0.0.1' }];
  world.catalog.hold([world.service(1, { ports })]);
  await world.caughtUp();
  expect(world.problem('SERVER_IS_FRONTEND')).toContain('is a frontend of this HAProxy');
});

test('a template without a listener is named as such', async () => {
  const templateFile = world.path('custom.hbs');
  await writeFile(templateFile, 'global\n\tmaxconn 10\n');
  world.start({ templateFile });
  expect(await until('named', () => world.problem('CONFIG_WITHOUT_LISTENER'))).toContain(
    'makes HAProxy listen nowhere',
  );
});

describe('a command that hangs does not keep the agent from ending', () => {
  const ends = async (): Promise<void> => {
    const [pid = 0] = world.pids;
    const since = performance.now();
    await world.stop();
    expect(performance.now() - since).toBeLessThan(8_000);
    expect(isAlive(pid)).toBe(false);
    expect(existsSync(world.path('.haproxy.cfg.candidate'))).toBe(false);
    expect(await get(world.port)).toBeUndefined();
  };
  /** Runs `line` once the file `hang` is there, and says so. */
  const hanging = (line: string): string =>
    `[ ! -e ${world.path('hang')} ] || { touch ${world.path('hangs')}; ${line}; }`;
  const hangsAtNextChange = async (): Promise<void> => {
    await serve('one');
    await world.caughtUp();
    await until('it runs', async () => (await get(world.port)) === 'one');
    await until('it is known', () => world.pids.length > 0);
    await writeFile(world.path('hang'), '');
    world.catalog.hold([world.service(2)]);
    await until('it hangs', () => existsSync(world.path('hangs')));
  };

  test('while it verifies', async () => {
    world.start({ verifyCommand: `test -e $HAPROXY_CONFIG_CANDIDATE; ${hanging('sleep 300')}` });
    await hangsAtNextChange();
    await ends();
  });

  test('while it reloads', async () => {
    const { configFile } = world.options();
    const pidFile = world.path('haproxy.pid');
    const line = `PATH=$PATH:/usr/sbin haproxy -D -f ${configFile} -p ${pidFile}`;
    world.start({
      reloadCommand: `${hanging('sleep 300')}; ${line} -sf $(cat ${pidFile})`,
      startCommand: line,
      useRuntimeApi: false,
    });
    await hangsAtNextChange();
    await ends();
  });
});

describe('the configuration file', () => {
  test('that somebody altered is written anew before HAProxy is started on it', async () => {
    world.start();
    await serve('x');
    await world.caughtUp();
    const good = await readFile(world.path('haproxy.cfg'), 'utf8');
    const elsewhere = good.replaceAll(`:${world.port}`, `:${await freePort()}`);
    for (let i = 0; i < 2; i += 1) {
      await writeFile(world.path('haproxy.cfg'), elsewhere);
      const before = world.manager.status().reloads;
      process.kill(world.pids[0] ?? 0, 'SIGKILL');
      await until('it is back', () => world.manager.status().reloads > before);
      expect(await readFile(world.path('haproxy.cfg'), 'utf8')).toBe(good);
      expect(await until('it answers', () => get(world.port))).toBe('x');
    }
    expect(world.lines.filter((line) => line.includes('was altered by somebody else'))).toHaveLength(1);
  });

  test('that is no regular file is replaced, and does not block', async () => {
    execFileSync('mkfifo', [world.path('haproxy.cfg'), world.path('haproxy.pid'), world.path('t.hbs')]);
    world.start({ templateFile: world.path('t.hbs') });
    expect(await until('named', () => world.problem('TEMPLATE_UNREADABLE'))).toContain('is not a regular file');
    await rm(world.path('t.hbs'));
    await writeFile(world.path('t.hbs'), builtIn);
    await serve('x');
    await until('the configuration is written', async () => (await stat(world.path('haproxy.cfg'))).isFile());
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

describe('a process that is older than its file', () => {
  async function adopted(): Promise<void> {
    world.start({ stopOnExit: false });
    await serve('x');
    await world.caughtUp();
    const started = systemProcesses.describe(world.pids[0] ?? 0)?.startedMs ?? 0;
    await world.stop();
    const later = new Date(started + 200); // well within what one agent's crash and the next one's start take
    await utimes(world.path('haproxy.cfg'), later, later);
  }

  test('is adopted by an agent that remembers what it was started with', async () => {
    await adopted();
    world.start();
    await world.caughtUp();
    expect(world.manager.status().reloads).toBe(0);
  });

  test('is reloaded by one that does not', async () => {
    await adopted();
    world.memory = new ProxyMemory(() => undefined);
    world.start();
    await world.caughtUp();
    expect(Object.fromEntries(world.manager.status().reloadsByCause)).toEqual({ 'unknown-state': 1 });
  });
});
