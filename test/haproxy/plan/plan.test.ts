import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Config, ServerLine } from '../../../src/haproxy/plan/config.js';
import { parseConfig } from '../../../src/haproxy/plan/parse-config.js';
import { planOf, sentenceOf, type Plan, type ReloadReason, type ServerChange } from '../../../src/haproxy/plan/plan.js';
import { record } from '../../support/records.js';
import { rendered } from '../support/render.js';

const BASE = `# written at 12:00
global
	maxconn 4096
	log 127.0.0.1 local0

defaults
	mode http
	timeout connect 5s

frontend web-8080
	bind :8080
	default_backend web-8080

backend web-8080
	server h1-a 10.0.0.1:80 weight 100
	server h2-b 10.0.0.2:80 weight 100 check inter 2s

backend db-5432
	mode tcp
	server h1-c 10.0.0.1:5432
`;

/** The plan from one text to another, as lines: `+` added, `-` removed, `=` set; with `!` a reload. */
const shownPlan = (running: string, next: string): readonly string[] =>
  shown(planOf(parseConfig(running), parseConfig(next)));

function shown(plan: Plan): readonly string[] {
  if (plan.kind === 'nothing') return [];
  if (plan.kind === 'reload') return plan.reasons.map(({ text }) => `! ${text}`);
  return plan.changes.map(shownChange);
}

function shownChange(change: ServerChange): string {
  const { backend, server } = change;
  const id = `${backend}/${server.name}`;
  if (change.kind === 'add') return `+ ${id} ${server.host}:${server.port ?? ''} weight ${server.weight}`;
  if (change.kind === 'remove') return `- ${id}`;
  return `= ${id} ${change.what.join(' ')}`;
}

/** What someone made of the text: pairs of what was there, and what is in its place. */
const edited = (edits: readonly (readonly [string, string])[]): string =>
  edits.reduce((text, [from, to]) => {
    expect(text).toContain(from);
    return text.replace(from, () => to);
  }, BASE);

const A = '\tserver h1-a 10.0.0.1:80 weight 100\n';
const B = '\tserver h2-b 10.0.0.2:80 weight 100 check inter 2s\n';
const C = '\tserver h1-c 10.0.0.1:5432\n';
const FRONTEND = 'frontend web-8080\n\tbind :8080\n\tdefault_backend web-8080\n\n';
const DB = `backend db-5432\n\tmode tcp\n${C}`;

describe('what differs by nothing that HAProxy would notice', () => {
  test.each<[string, readonly (readonly [string, string])[]]>([
    ['the text itself', []],
    ['another comment', [['# written at 12:00', '# written at 13:00']]],
    ['no comment', [['# written at 12:00\n', '']]],
    ['other white space', [['\tmaxconn 4096\n', '   maxconn\t4096  \n\n']]],
    ['quotes', [['mode http', '"mode" \'http\'']]],
    ['servers in another order', [[A + B, B + A]]],
    [
      'sections in another order',
      [
        [FRONTEND, ''],
        [DB, `${DB}\n${FRONTEND}`],
      ],
    ],
    ['a weight that is said or not', [['10.0.0.1:5432', '10.0.0.1:5432 weight 1']]],
    ['`enabled`, which every server is', [['10.0.0.1:5432', '10.0.0.1:5432 enabled']]],
    ['a cookie where none is set', [['10.0.0.1:5432', '10.0.0.1:5432 cookie h1-c']]],
    ['brackets around an address', [['10.0.0.1:5432', '[10.0.0.1]:5432']]],
  ])('%s', (_what, edits) => expect(shownPlan(BASE, edited(edits))).toEqual([]));
});

describe('what HAProxy can change while it runs', () => {
  test.each<[string, readonly (readonly [string, string])[], readonly string[]]>([
    ['a new server', [[B, `${B}\tserver h3-d 10.0.0.3:80\n`]], ['+ web-8080/h3-d 10.0.0.3:80 weight 1']],
    ['a server less', [[A, '']], ['- web-8080/h1-a']],
    ['no server left', [[C, '']], ['- db-5432/h1-c']],
    ['another address', [['10.0.0.1:5432', '10.0.0.9:5432']], ['= db-5432/h1-c address']],
    ['another port', [['10.0.0.1:5432', '10.0.0.1:5433']], ['= db-5432/h1-c address']],
    ['a host name, which the caller resolves', [['10.0.0.1:5432', 'db.local:5432']], ['= db-5432/h1-c address']],
    ['a new server by name', [[C, `${C} server d db.local:1\n`]], ['+ db-5432/d db.local:1 weight 1']],
    ['another weight', [['10.0.0.1:80 weight 100', '10.0.0.1:80 weight 50']], ['= web-8080/h1-a weight']],
    ['weight 0', [['10.0.0.1:80 weight 100', '10.0.0.1:80 weight 0']], ['= web-8080/h1-a drain']],
    ['`disabled`', [['10.0.0.1:5432', '10.0.0.1:5432 disabled']], ['= db-5432/h1-c admin']],
    ['all at once', [['10.0.0.1:5432', '10.0.0.9:5432 weight 0 disabled']], ['= db-5432/h1-c address drain admin']],
    ['another name', [['server h1-c', 'server h1-d']], ['+ db-5432/h1-d 10.0.0.1:5432 weight 1', '- db-5432/h1-c']],
    [
      'several: adds, then sets, then removes',
      [
        [A, ''],
        ['10.0.0.2:80 weight 100', '10.0.0.2:80 weight 7'],
        [C, '\tserver h1-c 10.0.0.7:5432\n\tserver h2-c 10.0.0.2:5432\n'],
        [B.replace('weight 100', 'weight 7'), `${B.replace('weight 100', 'weight 7')}\tserver n 10.0.0.4:80\n`],
      ],
      [
        '+ web-8080/n 10.0.0.4:80 weight 1',
        '+ db-5432/h2-c 10.0.0.2:5432 weight 1',
        '= web-8080/h2-b weight',
        '= db-5432/h1-c address',
        '- web-8080/h1-a',
      ],
    ],
  ])('%s', (_what, edits, expected) => expect(shownPlan(BASE, edited(edits))).toEqual(expected));

  test('a weight that rises from 0 is both: the drain ends, and HAProxy may not know the weight', () => {
    const drained = edited([['10.0.0.1:80 weight 100', '10.0.0.1:80 weight 0']]);
    expect(shownPlan(drained, BASE)).toEqual(['= web-8080/h1-a weight drain']);
  });

  test('a server of a `listen` section', () => {
    const text = 'listen l\n bind :1\n server a 10.0.0.1:80\n';
    expect(shownPlan(text, `${text} server b 10.0.0.2:80\n`)).toEqual(['+ l/b 10.0.0.2:80 weight 1']);
  });

  test('a server beside hand-written lines of every kind', () => {
    const text = `frontend f from d
 .if defined(X)
  bind :81
 .endif
 acl x path_beg "/a b" '/c'
 use_backend %[path,map(/etc/m)] if x
backend b from d
 http-request set-header X "%[src] \\"q\\""
 server a 10.0.0.1:80
`;
    const config = `defaults d\n mode http\n${text}`;
    expect(shownPlan(config, `${config} server b 10.0.0.2:80\n`)).toEqual(['+ b/b 10.0.0.2:80 weight 1']);
  });
});

describe('what needs a reload', () => {
  const NEW = 'frontend new-1\n\tbind :1\n\nbackend new-1\n\tserver a 10.0.0.1:1\n';
  test.each<[string, readonly (readonly [string, string])[], readonly string[]]>([
    ['a new service', [[DB, DB + NEW]], ['! frontend added: new-1', '! backend added: new-1']],
    ['a service less', [[DB, '']], ['! backend removed: db-5432']],
    ['a frontend less', [[FRONTEND, '']], ['! frontend removed: web-8080']],
    [
      'a section of another name',
      [['backend db-5432', 'backend db-5433']],
      ['! backend added: db-5433', '! backend removed: db-5432'],
    ],
    ['another bind', [['bind :8080', 'bind :8081']], ['! frontend changed: web-8080 (bind)']],
    ['a line more', [['\tmode tcp\n', '\tmode tcp\n\tbalance source\n']], ['! backend changed: db-5432 (balance)']],
    ['another mode', [['mode tcp', 'mode http']], ['! backend changed: db-5432 (mode)']],
    ['another global line', [['maxconn 4096', 'maxconn 4000']], ['! global changed (maxconn)']],
    ['another default', [['timeout connect 5s', 'timeout connect 6s']], ['! defaults changed (timeout)']],
    ['a name for defaults', [['defaults\n', 'defaults d\n']], ['! defaults added: d', '! defaults removed']],
    ['many lines', [['\tmaxconn 4096\n', '\ta\n\tb\n\tc\n']], ['! global changed (maxconn, a, b, …)']],
    [
      'lines in another order',
      [['\tbind :8080\n\tdefault_backend web-8080', '\tdefault_backend web-8080\n\tbind :8080']],
      ['! frontend changed: web-8080 (default_backend, bind)'],
    ],
    [
      'a line twice',
      [['\tbind :8080\n', '\tbind :8080\n\tbind :8080\n']],
      ['! frontend changed: web-8080 (bind, default_backend)'],
    ],
    ['a parent', [['frontend web-8080', 'frontend web-8080 from d']], ['! frontend changed: web-8080 (from)']],
    [
      'a setting of a server more',
      [['10.0.0.1:5432', '10.0.0.1:5432 check']],
      ['! server changed: db-5432/h1-c (check)'],
    ],
    ['a setting of another value', [['inter 2s', 'inter 3s']], ['! server changed: web-8080/h2-b (inter)']],
    ['a setting less', [[' check inter 2s', '']], ['! server changed: web-8080/h2-b (check, inter)']],
    [
      'settings in another order',
      [['check inter 2s', 'inter 2s check']],
      ['! server changed: web-8080/h2-b (inter, check)'],
    ],
    [
      'a default for servers',
      [['mode tcp', 'mode tcp\n\tdefault-server check']],
      ['! backend changed: db-5432 (default-server)'],
    ],
    [
      'a server template',
      [[C, `${C}\tserver-template s 3 db.local:1\n`]],
      ['! backend changed: db-5432 (server-template)'],
    ],
    [
      'a server in a condition',
      [[C, `\t.if defined(X)\n${C}\t.endif\n`]],
      ['! backend changed: db-5432 (.if, server, .endif)'],
    ],
    ['a server with a variable', [[C, `${C}\tserver d "$IP:80"\n`]], ['! backend changed: db-5432 (server)']],
    ['a server of one name with another', [[C, `${C}${C}`]], ['! backend changed: db-5432 (server)']],
    ['a line before the first section', [['global\n', '.notice x\nglobal\n']], ['! head added']],
    ['a section of another kind', [[DB, `${DB}resolvers r\n\tnameserver n 127.0.0.1:53\n`]], ['! resolvers added: r']],
    ['a quoted word instead of two', [['log 127.0.0.1 local0', 'log "127.0.0.1 local0"']], ['! global changed (log)']],
    ['a variable instead of its name', [['maxconn 4096', 'maxconn "$MAX"']], ['! global changed (maxconn)']],
    ['a line that is broken', [['mode tcp', "mode 'tcp"]], ['! backend changed: db-5432 (mode)']],
    [
      'something, and servers beside it',
      [
        ['bind :8080', 'bind :8081'],
        [C, ''],
      ],
      ['! frontend changed: web-8080 (bind)'],
    ],
  ])('%s', (_what, edits, expected) => expect(shownPlan(BASE, edited(edits))).toEqual(expected));

  test('a cookie of a server, where one is set', () => {
    const text = (value: string): string => `backend b\n cookie S insert\n server a 10.0.0.1:80 cookie ${value}\n`;
    expect(shownPlan(text('x'), text('y'))).toEqual(['! server changed: b/a (cookie)']);
  });

  test('a proxy that comes to inherit from other defaults', () => {
    const [a, b, web] = ['defaults a\n mode tcp\n', 'defaults b\n mode http\n', 'backend web\n server a 10.0.0.1:80\n'];
    expect(shownPlan(a + web + b, a + b + web)).toEqual(['! backend moved: web (other defaults)']);
    expect(shownPlan(b + a + web, a + b + web)).toEqual(['! backend moved: web (other defaults)']);
  });

  test('a section that comes into a condition, or out of one', () => {
    const [open, a, b] = ['global\n.if defined(X)\n', 'frontend a\n bind :1\n', 'frontend b\n bind :2\n.endif\n'];
    expect(shownPlan(open + a + b, open + b + a)).toEqual(['! frontend changed: a (.if)']);
    const other = '.if defined(Y)\n';
    expect(shownPlan(open + a + b + other, open + b + other + a)).toEqual(['! frontend changed: a (.if)']);
    const both = 'frontend c\n bind :3\n.else\n';
    expect(shownPlan(open + a + both + b, open + both + a + b)).toEqual(['! frontend changed: a (.if)']);
  });

  test('other defaults that say the same are no others', () => {
    const [a, b, web] = ['defaults a\n mode tcp\n', 'defaults b\n mode tcp\n', 'backend web\n server a 10.0.0.1:80\n'];
    expect(shownPlan(a + web + b, a + b + web)).toEqual([]);
  });

  test('the `defaults` that changed are the reason, not each proxy that inherits from them', () => {
    const text = (retries: number): string => `defaults\n retries ${retries}\nbackend a\nbackend b\n`;
    expect(shownPlan(text(3), text(4))).toEqual(['! defaults changed (retries)']);
  });

  test('servers that differ in one of two sections with one name', () => {
    const text = (first: number, second: number): string =>
      `backend b\n server a 10.0.0.1:${first}\nbackend b\n server c 10.0.0.1:${second}\n`;
    expect(shownPlan(text(1, 1), text(1, 1))).toEqual([]);
    expect(shownPlan(text(1, 1), text(1, 2))).toEqual(['! backend changed: b (server)']);
    expect(shownPlan(text(1, 1), text(2, 1))).toEqual(['! backend changed: b (server)']);
    expect(shownPlan('backend b\n server a 10.0.0.1:80\n', text(80, 1))).toEqual(['! backend added: b']);
  });

  test.each<[string, string, string]>([
    ['section-added', BASE, `${BASE}backend x\n`],
    ['section-removed', `${BASE}backend x\n`, BASE],
    ['section-changed', BASE, edited([['bind :8080', 'bind :8081']])],
    ['server-changed', BASE, edited([['inter 2s', 'inter 3s']])],
    [
      'sections-reordered',
      'defaults\nbackend x\ndefaults\n mode http\n',
      'defaults\ndefaults\n mode http\nbackend x\n',
    ],
  ])('programs know it as %s', (cause, running, next) => {
    const plan = planOf(parseConfig(running), parseConfig(next));
    expect(plan.kind === 'reload' && plan.reasons.map((reason) => reason.cause)).toEqual([cause]);
  });

  test('a name is shown as far as it is no burden', () => {
    const [text = ''] = shownPlan('', `backend ${'x'.repeat(10_000)}\u009b\n`);
    expect(text.length).toBeLessThan(200);
    expect(shownPlan('', 'backend \u009b\n')).toEqual(['! backend added: \\u009b']);
  });
});

describe('reasons in one line', () => {
  const reasons = (count: number): readonly ReloadReason[] =>
    Array.from({ length: count }, (_, i) => ({ cause: 'section-added', text: `backend added: b${i + 1}` }));

  test('up to five are named', () => {
    expect(sentenceOf(reasons(1))).toBe('backend added: b1');
    expect(sentenceOf(reasons(5))).toBe(
      'backend added: b1, backend added: b2, backend added: b3, backend added: b4, backend added: b5',
    );
  });

  test('of more only the number', () => expect(sentenceOf(reasons(17))).toMatch(/backend added: b5 and 12 more$/));
});

describe('whatever the texts are', () => {
  const lines = fc.constantFrom(
    ...['global', 'defaults', 'defaults d', 'frontend f', 'backend b', 'backend c from d', 'listen l', 'backend b'],
    ...[
      'mode http',
      'bind :80',
      'default-server weight 0',
      'cookie x',
      '.if defined(X)',
      '.else',
      '.endif',
      '"open',
      '# c',
    ],
    ...['server a 10.0.0.1:80', 'server b 10.0.0.2:80 check', 'server b 10.0.0.2:81 weight 0', 'server c x:1 disabled'],
  );
  const text = fc.oneof(
    fc.array(lines, { maxLength: 16 }).map((all) => all.join('\n')),
    fc.string({ unit: fc.nat({ max: 0xffff }).map((code) => String.fromCharCode(code)) }),
  );

  test('from a text to itself there is nothing to do, read alone or after the other', () => {
    fc.assert(
      fc.property(text, (any) => {
        const config = parseConfig(any);
        expect(planOf(config, parseConfig(any))).toEqual({ kind: 'nothing' });
        expect(planOf(config, parseConfig(any, config))).toEqual({ kind: 'nothing' });
      }),
    );
  });

  test('reading a text after the running one changes no plan', () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        const running = parseConfig(a);
        expect(planOf(running, parseConfig(b, running))).toEqual(planOf(running, parseConfig(b)));
      }),
    );
  });

  const server = fc.record({
    name: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
    host: fc.constantFrom('10.0.0.1', '10.0.0.2', '::1', 'db.local'),
    port: fc.constantFrom(80, 81),
    weight: fc.constantFrom('', ' weight 0', ' weight 5', ' weight 256'),
    admin: fc.constantFrom('', ' disabled', ' enabled'),
  });
  const servers = fc.uniqueArray(server, { selector: ({ name }) => name });
  type Server = {
    readonly name: string;
    readonly host: string;
    readonly port: number;
    readonly weight: string;
    readonly admin: string;
  };
  const configOf = (...backends: readonly (readonly Server[])[]): string =>
    backends
      .flatMap((all, i) => [
        `backend b${i}`,
        ...all.map((s) => ` server ${s.name} ${s.host}:${s.port} check${s.weight}${s.admin}`),
      ])
      .join('\n');

  const serversIn = ({ sections }: Config): ReadonlyMap<string, ServerLine> =>
    new Map(
      sections.flatMap(({ name, servers: own }) => [...own].map(([key, line]) => [`${name}/${key}`, line] as const)),
    );

  test('the order of servers means nothing', () => {
    fc.assert(
      fc.property(
        servers.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
        ([all, shuffled]) => {
          expect(shownPlan(configOf(all), configOf(shuffled))).toEqual([]);
        },
      ),
    );
  });

  test('the changes make the running servers the next ones, each touched once, adds first and removes last', () => {
    fc.assert(
      fc.property(servers, servers, servers, servers, (a, b, c, d) => {
        const [running, next] = [parseConfig(configOf(a, b)), parseConfig(configOf(c, d))];
        const plan = planOf(running, next);
        if (plan.kind === 'reload') throw new Error(sentenceOf(plan.reasons));
        const changes = plan.kind === 'runtime' ? plan.changes : [];
        const seen = new Map(serversIn(running));
        for (const change of changes) {
          const id = `${change.backend}/${change.server.name}`;
          expect(seen.has(id)).toBe(change.kind !== 'add');
          if (change.kind === 'remove') seen.delete(id);
          else if (change.kind === 'add') seen.set(id, change.server);
          else seen.set(id, applied(seen.get(id)!, change));
        }
        expect(new Map([...seen].sort())).toEqual(new Map([...serversIn(next)].sort()));
        const kinds = changes.map(({ kind }) => ['add', 'set', 'remove'].indexOf(kind));
        expect(kinds).toEqual(kinds.toSorted());
      }),
    );
  });

  /** What HAProxy makes of a change, from the aspects it names and nothing else. */
  function applied(line: ServerLine, { what, server: to }: Extract<ServerChange, { kind: 'set' }>): ServerLine {
    expect(what).not.toEqual([]);
    return {
      ...line,
      ...(what.includes('address') ? { host: to.host, port: to.port } : {}),
      ...(what.includes('drain') && to.weight === 0 ? { weight: 0 } : {}),
      ...(what.includes('weight') ? { weight: to.weight } : {}),
      ...(what.includes('admin') ? { disabled: to.disabled } : {}),
    };
  }

  test('membership alone never needs a reload with the built-in template', () => {
    const instance = (id: string, port: number) =>
      record({ id, ports: [{ type: 'tcp', port, servicePort: 9999, ip: '10.79.0.1' }] });
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
        fc.integer({ min: 1, max: 9 }),
        (ids, other) => {
          const running = rendered([instance('first', 1), ...ids.map((id) => instance(`i${id}`, id))]);
          const next = rendered([instance('first', other)]);
          expect(planOf(parseConfig(running), parseConfig(next)).kind).toBe('runtime');
        },
      ),
    );
  });
});
