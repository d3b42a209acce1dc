import { beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Config, ServerLine } from '../../../src/haproxy/plan/config.js';
import { parseConfig } from '../../../src/haproxy/plan/parse-config.js';
import type { ServerChange } from '../../../src/haproxy/plan/plan.js';
import { reloadReasonOf } from '../../../src/haproxy/runtime-api/fault.js';
import { RuntimeApi } from '../../../src/haproxy/runtime-api/runtime-api.js';
import { FakeClock } from '../../support/time.js';
import { HaproxyDouble } from './haproxy-double.js';

let haproxy: HaproxyDouble;
let clock: FakeClock;
let dead: Set<string>;
let api: RuntimeApi;

beforeEach(() => {
  haproxy = new HaproxyDouble();
  clock = new FakeClock();
  dead = new Set();
  api = new RuntimeApi(
    { socket: '/s', drainTimeoutMs: 30_000, drainTimeoutTcpMs: 3_600_000 },
    { askSocket: haproxy.ask, clock, isDead: (backend, name) => dead.has(`${backend}/${name}`) },
  );
});

const nobody = (): undefined => undefined;
const web = (...lines: readonly string[]): Config => parseConfig(['backend web', 'mode http', ...lines, ''].join('\n'));
const serversOf = (config: Config): ReadonlyMap<string, ServerLine> => config.sections[0]?.servers ?? new Map();

/** What leads from one configuration of one backend to another. */
function changesBetween(from: Config, to: Config): readonly ServerChange[] {
  const [before, after] = [serversOf(from), serversOf(to)];
  const what = ['address', 'weight', 'drain', 'admin'] as const;
  return [
    ...[...before.values()]
      .filter(({ name }) => !after.has(name))
      .map((server): ServerChange => ({ kind: 'remove', backend: 'web', server })),
    ...[...after.values()].map((server): ServerChange => {
      const old = before.get(server.name);
      return old ? { kind: 'set', backend: 'web', before: old, server, what } : { kind: 'add', backend: 'web', server };
    }),
  ];
}

const go = (from: Config, to: Config): ReturnType<RuntimeApi['apply']> =>
  api.apply(changesBetween(from, to), to, nobody);

/** Ticks once a second for a while. */
async function pass(ms: number): Promise<void> {
  for (const end = clock.now() + ms; clock.now() < end;) {
    await clock.advance(1_000);
    expect(await api.tick(clock.now())).toBeUndefined();
  }
}

describe('changes of servers', () => {
  const none = web();
  const one = web('server a 10.0.0.1:80');

  test('what was added must be seen in HAProxy, as it was asked for', async () => {
    haproxy.interfere = (command) => (command.startsWith('set server') ? '' : undefined);
    expect(await go(none, one)).toEqual({
      code: 'NOT_AS_ASKED',
      server: 'web/a',
      words: 'admin differ: 10.0.0.1:80, weight 1, maintenance',
    });
    haproxy.interfere = (command) =>
      command.startsWith('add server') ? 'New server registered.' : command.startsWith('set server') ? '' : undefined;
    const two = web('server b 10.0.0.2:80 disabled');
    expect(await go(none, two)).toEqual({ code: 'NOT_AS_ASKED', server: 'web/b', words: 'there is no such server' });
  });

  test('a state that cannot be read is a fault', async () => {
    haproxy.interfere = (command) => (command.startsWith('show servers') ? "Can't find backend." : undefined);
    expect(await go(none, one)).toEqual({
      code: 'UNREADABLE',
      command: 'show servers state web',
      words: "Can't find backend.",
    });
  });

  test('a host name is added by its address, and not at all without one', async () => {
    const named = web('server a host.example:80');
    expect(await go(none, named)).toEqual({ code: 'UNRESOLVED', server: 'web/a', host: 'host.example' });
    expect(haproxy.commands).toEqual(['show info']);
    expect(await api.apply(changesBetween(none, named), named, () => '10.0.0.9')).toBeUndefined();
    expect(haproxy.servers.get('web/a')).toMatchObject({ address: '10.0.0.9', port: 80, admin: 0 });
  });

  test('an address that becomes a name nobody can resolve is no change to be passed over', async () => {
    await go(none, one);
    expect(await go(one, web('server a host.example:80'))).toMatchObject({ code: 'UNRESOLVED', host: 'host.example' });
  });

  test('nobody is asked when nothing changes', async () => {
    expect(await api.apply([], one, nobody)).toBeUndefined();
    expect(haproxy.commands).toEqual([]);
  });

  test('a backend that is not in the configuration is refused before anything is sent', async () => {
    const changes = changesBetween(none, one);
    expect(await api.apply(changes, { sections: [], byText: new Map() }, nobody)).toMatchObject({
      code: 'NOT_AS_ASKED',
    });
    expect(haproxy.servers.size).toBe(0);
  });

  test('a server that somebody deleted before its removal is gone as asked', async () => {
    expect(await go(one, none)).toBeUndefined();
    expect(api.retiring()).toEqual([]);
  });

  test('a check is started before the server takes requests', async () => {
    expect(await go(none, web('server a 10.0.0.1:80 check'))).toBeUndefined();
    expect(haproxy.commands.slice(2, 4)).toEqual(['enable health web/a', 'set server web/a state ready']);
    expect(haproxy.servers.get('web/a')).toMatchObject({ check: 6, admin: 0 });
  });

  test('another version of HAProxy is asked again what the last one refused', async () => {
    const refused = "'maxconn' option is not accepted for dynamic server";
    haproxy.interfere = (command) => (command.startsWith('add server') ? refused : undefined);
    const limited = web('server a 10.0.0.1:80 maxconn 5');
    const changes = changesBetween(none, limited);
    expect(await go(none, limited)).toMatchObject({ code: 'NOT_ACCEPTED', words: refused });
    expect(api.wouldAccept(changes, limited)).toEqual({ cause: 'runtime-api-refused', text: `web/a: ${refused}` });
    haproxy.interfere = nobody;
    api.reset();
    await api.reconcile(none, nobody);
    expect(api.wouldAccept(changes, limited)).toBeDefined();
    haproxy.version = '3.0.0';
    api.reset();
    await api.reconcile(none, nobody);
    expect(api.wouldAccept(changes, limited)).toBeUndefined();
  });

  test('a name that is taken is no property of this HAProxy', async () => {
    await go(none, one);
    expect(await go(none, one)).toMatchObject({ code: 'NOT_ACCEPTED' });
    expect(api.wouldAccept(changesBetween(none, one), one)).toBeUndefined();
  });

  test('every fault leads to a reload with a reason of its own', () => {
    expect(reloadReasonOf({ code: 'SILENT', words: 'connect ENOENT /s' })).toEqual({
      cause: 'runtime-api-silent',
      text: "HAProxy's stats socket: connect ENOENT /s",
    });
    expect(reloadReasonOf({ code: 'UNRESOLVED', server: 'web/a', host: 'h' }).cause).toBe('hostname');
  });
});

describe('removals', () => {
  const both = web('server a 10.0.0.1:80', 'server b 10.0.0.2:80');
  const one = web('server a 10.0.0.1:80');

  beforeEach(async () => {
    await go(web(), both);
  });

  const busy = (): void => {
    const server = haproxy.servers.get('web/b');
    if (server) server.sessions = 3;
  };

  test('an idle server is drained and then deleted', async () => {
    expect(await go(both, one)).toBeUndefined();
    expect(haproxy.servers.get('web/b')).toMatchObject({ admin: 8 });
    await pass(1_000);
    expect(haproxy.servers.has('web/b')).toBe(true);
    await pass(1_000);
    expect([...haproxy.servers.keys()]).toEqual(['web/a']);
    expect(api.operations()).toMatchObject({ add: 2, remove: 1, maint: 1, delete: 1, shutdown: 0 });
  });

  test('a busy server stays as long as its instance may live, and is cut at its deadline when it is dead', async () => {
    busy();
    await go(both, one);
    await pass(60_000);
    expect(api.retiring()).toEqual([{ backend: 'web', name: 'b', since: 0, sessions: 3, parked: false }]);
    dead.add('web/b');
    await pass(31_000);
    expect(haproxy.servers.has('web/b')).toBe(false);
    expect(api.operations()).toMatchObject({ shutdown: 1, delete: 1 });
  });

  test.each([['mode tcp'], ['timeout tunnel 1h']])(
    'connections of a backend with `%s` get the longer time',
    async (line) => {
      dead.add('web/b');
      busy();
      await go(web(line, 'server a 10.0.0.1:80', 'server b 10.0.0.2:80'), web(line, 'server a 10.0.0.1:80'));
      await pass(3_599_000);
      expect(api.operations().shutdown).toBe(0);
      await pass(2_000);
      expect(api.operations()).toMatchObject({ shutdown: 1, delete: 1 });
    },
  );

  test('a server that HAProxy can never delete is left in maintenance, and can be wanted again', async () => {
    const server = haproxy.servers.get('web/b');
    if (server)
      server.undeletable =
        'This server cannot be removed at runtime due to other configuration elements pointing to it.';
    await go(both, one);
    await pass(60_000);
    expect(api.retiring()).toMatchObject([{ name: 'b', parked: true }]);
    expect(api.nextDue()).toBeUndefined();
    expect(server?.admin).toBe(1);
    expect(await go(one, both)).toBeUndefined();
    expect(server?.admin).toBe(0);
  });

  test('what is wanted again is never deleted, even when nobody answered', async () => {
    await go(both, one);
    haproxy.silence = 'no answer';
    expect(await go(one, both)).toEqual({ code: 'SILENT', words: 'no answer' });
    haproxy.silence = undefined;
    await pass(10_000);
    expect(await api.reconcile(both, nobody)).toMatchObject({ differences: 1, repaired: 1 });
    expect(haproxy.servers.get('web/b')?.admin).toBe(0);
  });

  test('a silent HAProxy is told, and the removal goes on when it answers again', async () => {
    await go(both, one);
    await clock.advance(2_000);
    haproxy.silence = 'no answer';
    expect(await api.tick(clock.now())).toEqual({ code: 'SILENT', words: 'no answer' });
    haproxy.silence = undefined;
    await pass(2_000);
    expect(haproxy.servers.has('web/b')).toBe(false);
  });

  test('nothing is being removed from another HAProxy, told or noticed', async () => {
    await go(both, one);
    haproxy.pid = 8;
    await api.reconcile(both, nobody);
    expect(api.retiring()).toEqual([]);
    await go(both, one);
    api.reset();
    expect(api.retiring()).toEqual([]);
  });
});

describe('reconciliation', () => {
  const both = web('server a 10.0.0.1:80', 'server b 10.0.0.2:80');

  test('passes over backends that are not desired, and over servers that HAProxy makes itself', async () => {
    await go(web(), both);
    const template = web('server a 10.0.0.1:80', 'server-template t 1-3 10.0.0.2:80');
    expect(await api.reconcile(template, nobody)).toMatchObject({ differences: 0 });
    expect(await api.reconcile({ sections: [], byText: new Map() }, nobody)).toMatchObject({ differences: 0 });
  });

  test('leaves the address alone where HAProxy resolves, or nobody can', async () => {
    await go(web(), both);
    const named = web('server a a.example:80 resolvers dns', 'server b b.example:80');
    expect(await api.reconcile(named, (host) => (host === 'a.example' ? '10.9.9.9' : undefined))).toMatchObject({
      differences: 0,
    });
    expect(await api.reconcile(named, () => '10.9.9.9')).toMatchObject({ differences: 1, repaired: 1 });
    expect(haproxy.servers.get('web/b')?.address).toBe('10.9.9.9');
  });

  test('tells at most 20 differences, and counts all', async () => {
    const many = web(...Array.from({ length: 50 }, (_, i) => `server s${i} 10.0.0.1:${i + 1}`));
    const found = await api.reconcile(many, nobody);
    expect(found).toMatchObject({ differences: 50, repaired: 50 });
    expect(found.texts).toHaveLength(20);
  });

  test('claims no repair when one was refused, or nobody answered', async () => {
    haproxy.interfere = (command) => (command.startsWith('add server web/b') ? 'No.' : undefined);
    expect(await api.reconcile(both, nobody)).toMatchObject({
      differences: 2,
      repaired: 0,
      fault: {
        code: 'NOT_ACCEPTED',
        command: 'add server web/b 10.0.0.2:80 weight 1 pool-max-conn -1 pool-purge-delay 5s',
      },
    });
    haproxy.silence = 'gone';
    expect(await api.reconcile(both, nobody)).toEqual({
      differences: 0,
      repaired: 0,
      texts: [],
      fault: { code: 'SILENT', words: 'gone' },
    });
  });
});

describe('any sequence of configurations', () => {
  const line = fc
    .record({
      name: fc.constantFrom('a', 'b', 'c', 'd'),
      port: fc.integer({ min: 1, max: 3 }),
      weight: fc.constantFrom(0, 1, 50, 256),
      disabled: fc.boolean(),
    })
    .map(
      ({ name, port, weight, disabled }) =>
        `server ${name} 10.0.0.1:${port} weight ${weight}${disabled ? ' disabled' : ''}`,
    );
  const lines = fc.uniqueArray(line, { selector: (text) => text.split(' ')[1], maxLength: 4 });
  const isServing = (server: { readonly admin: number; readonly weight: number }): boolean =>
    server.admin === 0 && server.weight > 0;
  const serves = (config: Config): boolean =>
    [...serversOf(config).values()].some(({ disabled, weight }) => !disabled && weight > 0);

  test('ends where HAProxy runs the last one, however much time passes in between', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(lines, fc.constantFrom(0, 1_000, 5_000)), { maxLength: 8 }), async (steps) => {
        haproxy.servers.clear();
        api.reset();
        let before = web();
        for (const [next, ms] of steps) {
          const after = web(...next);
          expect(await go(before, after)).toBeUndefined();
          expect(await api.reconcile(after, nobody)).toMatchObject({ differences: 0, fault: undefined });
          await pass(ms);
          before = after;
        }
        await pass(10_000);
        expect([...haproxy.servers.keys()].sort()).toEqual(
          [...serversOf(before).keys()].map((name) => `web/${name}`).sort(),
        );
      }),
    );
  });

  test('never leaves a backend without a server between two that have one, when all servers are replaced', async () => {
    await fc.assert(
      fc.asyncProperty(lines, lines, async (first, second) => {
        haproxy.servers.clear();
        api.reset();
        const before = web(...first);
        const after = web(...second.map((text) => text.replace(/^server /, 'server new-')));
        fc.pre(serves(before) && serves(after));
        await go(web(), before);
        let wasEmpty = false;
        haproxy.watch = () => (wasEmpty ||= ![...haproxy.servers.values()].some(isServing));
        expect(await go(before, after)).toBeUndefined();
        haproxy.watch = nobody;
        expect(wasEmpty).toBe(false);
      }),
    );
  });

  test('is repaired from any state in which somebody left the servers', async () => {
    const hand = fc.record({
      weight: fc.constantFrom(0, 1, 7),
      admin: fc.constantFrom(0, 1, 8, 9),
      port: fc.integer({ min: 1, max: 3 }),
    });
    await fc.assert(
      fc.asyncProperty(lines, fc.dictionary(fc.constantFrom('a', 'b', 'c', 'x'), hand), async (text, hands) => {
        haproxy.servers.clear();
        api.reset();
        for (const [name, found] of Object.entries(hands)) {
          haproxy.servers.set(`web/${name}`, { address: '10.0.0.1', check: 0, sessions: 0, ...found });
        }
        const desired = web(...text);
        const found = await api.reconcile(desired, nobody);
        expect(found.repaired).toBe(found.differences);
        expect(await api.reconcile(desired, nobody)).toMatchObject({ differences: 0 });
      }),
    );
  });
});
