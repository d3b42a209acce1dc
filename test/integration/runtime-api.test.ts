import { Agent } from 'node:http';
import { afterEach, describe, expect, test } from '@jest/globals';
import { parseConfig } from '../../src/haproxy/plan/parse-config.js';
import type { ServerLine } from '../../src/haproxy/plan/config.js';
import type { ServerChange } from '../../src/haproxy/plan/plan.js';
import { systemClock } from '../../src/platform/clock.js';
import { OwnHaproxy } from '../haproxy/runtime-api/own-haproxy.js';
import { until } from '../support/until.js';

const FRONTEND = 'frontend web\n  bind 127.0.0.1:PORT\n  default_backend web\n';
const backend = (...lines: readonly string[]): string =>
  ['backend web', ...lines.map((line) => `  ${line}`), ''].join('\n');

let haproxy: OwnHaproxy;
afterEach(() => haproxy.end());

const start = async (...lines: readonly string[]): Promise<void> => {
  haproxy = await OwnHaproxy.start(FRONTEND + backend(...lines));
};

const serverOf = (text: string, name: string): ServerLine => {
  const server = parseConfig(text)
    .sections.find((section) => section.name === 'web')
    ?.servers.get(name);
  if (!server) throw new Error(`no ${name} in ${text}`);
  return server;
};
const add = (text: string, name: string): ServerChange => ({
  kind: 'add',
  backend: 'web',
  server: serverOf(text, name),
});
const remove = (text: string, name: string): ServerChange => ({
  kind: 'remove',
  backend: 'web',
  server: serverOf(text, name),
});
const set = (
  before: string,
  after: string,
  name: string,
  ...what: (ServerChange & { readonly kind: 'set' })['what'][number][]
): ServerChange => ({
  kind: 'set',
  backend: 'web',
  before: serverOf(before, name),
  server: serverOf(after, name),
  what,
});

/** `name address port weight admin` of each server, as HAProxy has it. */
const state = async (): Promise<readonly string[]> => {
  const [, header = '', ...rows] = (await haproxy.ask('show servers state web')).split('\n');
  const names = header.replace('# ', '').split(' ');
  const columns = ['srv_name', 'srv_addr', 'srv_port', 'srv_uweight', 'srv_admin_state'];
  return rows.map((row) => columns.map((column) => row.split(' ')[names.indexOf(column)]).join(' '));
};

describe('the Runtime API of a real HAProxy', () => {
  test('a server that is added answers, and one that is removed ends what it is doing before it is deleted', async () => {
    await start('server a 127.0.0.1:1 disabled');
    const [a, b] = [await haproxy.backend('a'), await haproxy.backend('b')];
    const one = backend('server a 127.0.0.1:1 disabled', `server b1 127.0.0.1:${a}`);
    const two = backend('server a 127.0.0.1:1 disabled', `server b2 127.0.0.1:${b}`);
    expect(await haproxy.apply([add(one, 'b1')], one)).toBeUndefined();
    const stream = haproxy.get('/slow');
    await until('the stream runs', async () => (await haproxy.figure('web', 'b1', 'scur')) === '1');
    const agent = new Agent({ keepAlive: true });
    expect(await haproxy.get('/', agent)).toBe('a');
    expect(await haproxy.apply([add(two, 'b2'), remove(one, 'b1')], two)).toBeUndefined();
    expect(await Promise.all(Array.from({ length: 20 }, () => haproxy.get('/', agent)))).toEqual(Array(20).fill('b'));
    expect(await state()).toHaveLength(3);
    await haproxy.buried();
    expect(await stream).toMatch(/^\.+a$/);
    expect((await state()).map((line) => line.split(' ')[0])).toEqual(['a', 'b2']);
    expect(haproxy.api.operations()).toMatchObject({ add: 2, remove: 1, delete: 1, shutdown: 0 });
    agent.destroy();
  });

  test('servers come and go under load without a failed request', async () => {
    await start('server z 127.0.0.1:1 disabled');
    const ports = [await haproxy.backend('ok'), await haproxy.backend('ok')];
    const generation = (i: number): string =>
      backend('server z 127.0.0.1:1 disabled', `server s${i} 127.0.0.1:${ports[i % 2]}`);
    expect(await haproxy.apply([add(generation(0), 's0')], generation(0))).toBeUndefined();
    const answers: string[] = [];
    let goesOn = true;
    const client = async (agent?: Agent): Promise<void> => {
      while (goesOn) answers.push(await haproxy.get('/', agent));
      agent?.destroy();
    };
    const clients = [
      client(),
      client(),
      client(new Agent({ keepAlive: true })),
      client(new Agent({ keepAlive: true })),
    ];
    for (let i = 1; i <= 40; i += 1) {
      const [before, after] = [generation(i - 1), generation(i)];
      expect(await haproxy.apply([remove(before, `s${i - 1}`), add(after, `s${i}`)], after)).toBeUndefined();
      await until('the new server has answered', async () => Number(await haproxy.figure('web', `s${i}`, 'stot')) > 0);
      expect(await haproxy.api.tick(systemClock.now())).toBeUndefined();
    }
    await haproxy.buried();
    goesOn = false;
    await Promise.all(clients);
    expect(answers.filter((answer) => answer !== 'ok')).toEqual([]);
    expect(haproxy.api.operations()).toMatchObject({ add: 41, remove: 40, delete: 40 });
  });

  test('connections keep a server from being deleted: busy ones until they end, idle ones no longer', async () => {
    await start('server z 127.0.0.1:1 disabled');
    const text = backend('server z 127.0.0.1:1 disabled', `server a 127.0.0.1:${await haproxy.backend('a')}`);
    expect(await haproxy.apply([add(text, 'a')], text)).toBeUndefined();
    const agent = new Agent({ keepAlive: true });
    for (let i = 0; i < 5; i += 1) expect(await haproxy.get('/', agent)).toBe('a');
    expect(Number(await haproxy.figure('web', 'a', 'safe_conn_cur'))).toBeGreaterThan(0);
    const stream = haproxy.get('/slow');
    await until('the stream runs', async () => (await haproxy.figure('web', 'a', 'scur')) === '1');
    await haproxy.ask('set server web/a state maint');
    expect(await haproxy.ask('del server web/a')).toMatch(/connections/);
    await haproxy.ask('set server web/a state ready');
    expect(await haproxy.apply([remove(text, 'a')], text)).toBeUndefined();
    await haproxy.buried();
    expect(await stream).toMatch(/^\.+a$/);
    expect(await state()).toEqual(['z 127.0.0.1 1 1 5']);
    agent.destroy();
  });

  test('what still runs on a dead server at its deadline is cut, and only there', async () => {
    await start('server z 127.0.0.1:1 disabled');
    const [a, b] = [await haproxy.backend('a'), await haproxy.backend('b')];
    const text = backend('server z 127.0.0.1:1 disabled', `server a 127.0.0.1:${a}`, `server b 127.0.0.1:${b}`);
    expect(await haproxy.apply([add(text, 'a'), add(text, 'b')], text)).toBeUndefined();
    const streams = [haproxy.get('/slow'), haproxy.get('/slow')];
    await until('both run', async () => (await haproxy.figure('web', 'b', 'scur')) === '1');
    haproxy.dead.add('web/a');
    expect(await haproxy.apply([remove(text, 'a'), remove(text, 'b')], text)).toBeUndefined();
    const later = systemClock.now() + 3_000;
    expect(await haproxy.api.tick(later)).toBeUndefined();
    const ends = await Promise.all(streams);
    expect(ends.filter((end) => /^\.+b$/.test(end))).toHaveLength(1);
    expect(ends.filter((end) => end.endsWith('a'))).toEqual([]);
    expect(haproxy.api.operations().shutdown).toBe(1);
    await haproxy.buried();
    expect(await state()).toHaveLength(1);
  });

  test('a removed server that is wanted again is revived, with another address and weight', async () => {
    await start('server a 127.0.0.1:1');
    const without = backend('server a 127.0.0.1:1');
    const before = backend('server a 127.0.0.1:1', 'server b 127.0.0.1:2 weight 10');
    const after = backend('server a 127.0.0.1:1', 'server b 127.0.0.1:3 weight 20');
    const other = backend('server a 127.0.0.1:1', 'server b 127.0.0.1:3 weight 20 maxconn 7');
    expect(await haproxy.apply([add(before, 'b')], before)).toBeUndefined();
    expect(await haproxy.apply([remove(before, 'b')], without)).toBeUndefined();
    expect(await state()).toContain('b 127.0.0.1 2 10 8');
    const refused = { code: 'ARGS_DIFFER', server: 'web/b' };
    expect(await haproxy.apply([add(other, 'b')], other)).toEqual(refused);
    expect(haproxy.api.wouldAccept([add(other, 'b')], parseConfig(other))).toMatchObject({
      cause: 'runtime-api-refused',
    });
    expect(await haproxy.apply([add(after, 'b')], after)).toBeUndefined();
    expect(await state()).toContain('b 127.0.0.1 3 20 0');
    expect(haproxy.api.retiring()).toEqual([]);
  });

  test('changes are taken back by those that lead back', async () => {
    await start('server a 127.0.0.1:1 weight 10', 'server b 127.0.0.1:2');
    const before = backend('server a 127.0.0.1:1 weight 10', 'server b 127.0.0.1:2');
    const after = backend('server a 127.0.0.9:7 weight 0', 'server c 127.0.0.1:3');
    const what = ['address', 'weight', 'drain'] as const;
    const found = await state();
    expect(
      await haproxy.apply([add(after, 'c'), set(before, after, 'a', ...what), remove(before, 'b')], after),
    ).toBeUndefined();
    expect(await state()).toEqual(['a 127.0.0.9 7 0 8', 'b 127.0.0.1 2 1 8', 'c 127.0.0.1 3 1 0']);
    expect(
      await haproxy.apply([add(before, 'b'), set(after, before, 'a', ...what), remove(after, 'c')], before),
    ).toBeUndefined();
    expect((await state()).slice(0, 2)).toEqual(found);
    expect(haproxy.api.retiring()).toMatchObject([{ name: 'c' }]);
  });

  test('a server is disabled and enabled', async () => {
    await start('server a 127.0.0.1:1');
    const on = backend('server a 127.0.0.1:1');
    const off = backend('server a 127.0.0.1:1 disabled');
    expect(await haproxy.apply([set(on, off, 'a', 'admin')], off)).toBeUndefined();
    expect(await state()).toEqual(['a 127.0.0.1 1 1 1']);
    expect(await haproxy.apply([set(off, on, 'a', 'admin')], on)).toBeUndefined();
    expect(await state()).toEqual(['a 127.0.0.1 1 1 0']);
  });

  test('an IPv6 server and one that starts disabled or drained are what they should be', async () => {
    await start('server z 127.0.0.1:1');
    const text = backend(
      'server z 127.0.0.1:1',
      'server a [2001:DB8:0::1]:80',
      'server b 127.0.0.1:2 disabled',
      'server c 127.0.0.1:3 weight 0',
    );
    expect(
      await haproxy.apply(
        ['a', 'b', 'c'].map((name) => add(text, name)),
        text,
      ),
    ).toBeUndefined();
    expect((await state()).slice(1)).toEqual(['a 2001:db8::1 80 1 0', 'b 127.0.0.1 2 1 1', 'c 127.0.0.1 3 0 8']);
  });

  test('the check of an added server runs', async () => {
    await start('server z 127.0.0.1:1');
    const text = backend(
      'server z 127.0.0.1:1',
      `server up 127.0.0.1:${await haproxy.backend('up')} check inter 100ms`,
      'server down 127.0.0.1:2 check inter 100ms fall 1',
    );
    expect(await haproxy.apply([add(text, 'up'), add(text, 'down')], text)).toBeUndefined();
    await until('both are checked', async () => (await haproxy.figure('web', 'down', 'status')) === 'DOWN');
    await until('the other is up', async () => (await haproxy.figure('web', 'up', 'check_status')) === 'L4OK');
  });

  test('an added server has what default-server says, and keeps idle connections as others do', async () => {
    await start('default-server weight 37 maxconn 9', 'server z 127.0.0.1:1');
    const text = backend('default-server weight 37 maxconn 9', 'server z 127.0.0.1:1', 'server a 127.0.0.1:2');
    expect(await haproxy.apply([add(text, 'a')], text)).toBeUndefined();
    expect(await haproxy.figure('web', 'a', 'weight')).toBe('37');
    expect(await haproxy.figure('web', 'a', 'slim')).toBe('9');
  });

  test('slow start acts when an added server is enabled', async () => {
    await start('server z 127.0.0.1:1');
    const text = backend('server z 127.0.0.1:1', 'server a 127.0.0.1:2 weight 200 slowstart 1h');
    expect(await haproxy.apply([add(text, 'a')], text)).toBeUndefined();
    expect(Number(await haproxy.figure('web', 'a', 'throttle'))).toBeLessThan(50);
    expect(await state()).toContain('a 127.0.0.1 2 200 0');
    expect(await haproxy.api.reconcile(parseConfig(text), () => undefined)).toMatchObject({ differences: 0 });
  });

  test('what this HAProxy refuses is told in its words, and not asked again', async () => {
    await start('cookie c insert', 'server z 127.0.0.1:1');
    const text = backend(
      'cookie c insert',
      'server z 127.0.0.1:1',
      'server a 127.0.0.1:2 cookie a',
      'server b 127.0.0.1:3',
    );
    expect(haproxy.api.wouldAccept([add(text, 'a')], parseConfig(text))).toBeUndefined();
    expect(await haproxy.apply([add(text, 'a')], text)).toEqual({
      code: 'NOT_ACCEPTED',
      command: expect.stringMatching(/^add server web\/a 127\.0\.0\.1:2 .*cookie a/),
      words: "'cookie' option is not accepted for dynamic server",
    });
    expect(haproxy.api.wouldAccept([add(text, 'a')], parseConfig(text))).toEqual({
      cause: 'runtime-api-refused',
      text: "web/a: 'cookie' option is not accepted for dynamic server",
    });
    expect(haproxy.api.wouldAccept([add(text, 'b')], parseConfig(text))).toBeUndefined();
    expect(await haproxy.apply([add(text, 'b')], text)).toBeUndefined();
  });

  test('a backend that cannot have servers added is known after the first try', async () => {
    await start('balance source', 'server z 127.0.0.1:1');
    const before = backend('balance source', 'server z 127.0.0.1:1');
    const text = backend('balance source', 'server z 127.0.0.1:1 weight 7', 'server a 127.0.0.1:2');
    const words = 'Backend must use a dynamic load balancing to support dynamic servers.';
    expect(await haproxy.apply([add(text, 'a')], text)).toMatchObject({ code: 'NOT_ACCEPTED', words });
    expect(haproxy.api.wouldAccept([add(text, 'a')], parseConfig(text))).toMatchObject({ text: `web/a: ${words}` });
    const weight = set(before, text, 'z', 'weight');
    expect(haproxy.api.wouldAccept([weight], parseConfig(text))).toBeUndefined();
    expect(await haproxy.apply([weight], text)).toMatchObject({ code: 'NOT_ACCEPTED' });
    expect(haproxy.api.wouldAccept([weight], parseConfig(text))).toMatchObject({ cause: 'runtime-api-refused' });
  });

  test('what is refused leaves the servers that should have been replaced at work', async () => {
    await start('cookie c insert', 'server z 127.0.0.1:1');
    const before = backend('cookie c insert', 'server z 127.0.0.1:1');
    const text = backend('cookie c insert', 'server a 127.0.0.1:2 cookie a');
    expect(await haproxy.apply([remove(before, 'z'), add(text, 'a')], text)).toMatchObject({ code: 'NOT_ACCEPTED' });
    expect(await state()).toEqual(['z 127.0.0.1 1 1 0']);
  });

  test('200 servers come and go in one apply each', async () => {
    await start('server z 127.0.0.1:1');
    const names = Array.from({ length: 200 }, (_, i) => `s${i}`);
    const text = backend('server z 127.0.0.1:1', ...names.map((name, i) => `server ${name} 127.0.0.1:${i + 2}`));
    expect(
      await haproxy.apply(
        names.map((name) => add(text, name)),
        text,
      ),
    ).toBeUndefined();
    expect(await state()).toHaveLength(201);
    expect(
      await haproxy.apply(
        names.map((name) => remove(text, name)),
        backend('server z 127.0.0.1:1'),
      ),
    ).toBeUndefined();
    await haproxy.buried();
    expect(await state()).toEqual(['z 127.0.0.1 1 1 0']);
  });

  test("somebody's hand is found and repaired; a removal in progress is left alone", async () => {
    const lines = ['a', 'b', 'c', 'd', 'e'].map((name, i) => `server ${name} 127.0.0.1:${i + 1} check inter 1h`);
    await start(...lines);
    const all = parseConfig(backend(...lines));
    const config = parseConfig(backend(...lines.slice(0, 4)));
    const unresolved = (): undefined => undefined;
    const nothing = { differences: 0, repaired: 0, texts: [], fault: undefined };
    expect(await haproxy.api.reconcile(all, unresolved)).toEqual(nothing);
    const before = await state();
    expect(await haproxy.apply([remove(backend(...lines), 'e')], backend(...lines.slice(0, 4)))).toBeUndefined();
    expect(await haproxy.api.reconcile(config, unresolved)).toEqual(nothing);
    for (const command of [
      'disable server web/a',
      'disable health web/a',
      'set server web/b weight 0',
      'set server web/c addr 127.0.0.2 port 99',
      'set server web/d state maint',
      'del server web/d',
      'add server web/x 127.0.0.1:1',
    ]) {
      expect(await haproxy.ask(command)).not.toMatch(/^(?:No such|Only|Backend|Unknown)/);
    }
    const found = await haproxy.api.reconcile(config, unresolved);
    expect(found).toEqual({
      differences: 5,
      repaired: 5,
      texts: [
        'web/d is missing',
        'web/a: health, admin (127.0.0.1:1, weight 1, maintenance, check stopped)',
        'web/b: weight (127.0.0.1:2, weight 0)',
        'web/c: address (127.0.0.2:99, weight 1)',
        'web/x should not be there',
      ],
      fault: undefined,
    });
    expect(await haproxy.api.reconcile(config, unresolved)).toEqual(nothing);
    expect((await state()).filter((line) => !/^[ex]/.test(line)).sort()).toEqual(before.slice(0, 4));
    expect(await haproxy.api.reconcile(all, unresolved)).toMatchObject({ differences: 1, repaired: 1 });
    expect(haproxy.api.retiring()).toMatchObject([{ name: 'x' }]);
  });

  test('nobody is asked for long when HAProxy is stopped or gone', async () => {
    await start('server a 127.0.0.1:1');
    const text = backend('server a 127.0.0.1:1', 'server b 127.0.0.1:2');
    process.kill(haproxy.pid, 'SIGSTOP');
    expect(await haproxy.apply([add(text, 'b')], text)).toEqual({ code: 'SILENT', words: 'no answer within 2000 ms' });
    process.kill(haproxy.pid, 'SIGKILL');
    await until('HAProxy is gone', async () => !(await haproxy.ask('show info')).includes('Pid'));
    expect(await haproxy.apply([add(text, 'b')], text)).toMatchObject({ code: 'SILENT' });
    expect(await haproxy.api.tick(systemClock.now() + 10_000)).toBeUndefined();
  });
});
