import { describe, expect, test } from '@jest/globals';
import { answer, sidecar, type Outcome } from '../agent-double.js';

const NOTHING = {
  kind: 'nothing',
  changes: [],
  reasons: [],
  commands: [],
  diff: '',
  findings: [],
  verified: { ok: true },
};
const CHANGES = [
  { kind: 'add', backend: 'web-8080', server: 'node1-a', detail: '10.0.0.5:32768' },
  { kind: 'set', backend: 'web-8080', server: 'node2-b', detail: 'weight 100 -> 0' },
  { kind: 'remove', backend: 'web-8080', server: 'node3-c', detail: '10.0.0.7:32768' },
];
const planned = (facts: object, flags = ''): Promise<Outcome> =>
  sidecar(`plan ${flags}`, { '/api/proxy/plan': answer(200, { ...NOTHING, ...facts }) });

describe('sidecar plan', () => {
  test('says that there is nothing to do, and ends with 0', async () => {
    const { exitCode, out, asked } = await planned({});
    expect([exitCode, out, asked]).toEqual([0, 'nothing to do\n', ['GET http://127.0.0.1:7777/api/proxy/plan']]);
  });

  test('says first that no reload is needed, then what changes', async () => {
    const { exitCode, out } = await planned({ kind: 'runtime', changes: CHANGES });
    expect(exitCode).toBe(0);
    expect(out.split('\n')).toEqual([
      '3 changes through the Runtime API, no reload',
      '  add     web-8080/node1-a 10.0.0.5:32768',
      '  set     web-8080/node2-b weight 100 -> 0',
      '  remove  web-8080/node3-c 10.0.0.7:32768',
      '',
    ]);
    const one = await planned({ kind: 'runtime', changes: CHANGES.slice(0, 1) });
    expect(one.out).toMatch(/^1 change through the Runtime API, no reload\n/);
  });

  test('counts the changes that it does not show', async () => {
    const many = Array.from({ length: 43 }, () => CHANGES[0]);
    const { out } = await planned({ kind: 'runtime', changes: many });
    expect(out.split('\n').slice(-3)).toEqual([
      expect.stringMatching(/^ {2}add/),
      '  and 3 more, which --json lists',
      '',
    ]);
  });

  test('names the reasons of a reload, and what would not be served', async () => {
    const reasons = [
      { cause: 'section-added', text: 'frontend added: web-8080' },
      { cause: 'section-changed', text: 'defaults changed' },
    ];
    const findings = [{ service: 'api', servicePort: 9999, code: 'SERVICE_PORT_TAKEN', message: 'taken by web' }];
    const { exitCode, out } = await planned({ kind: 'reload', reasons, findings });
    expect([exitCode, out.split('\n')]).toEqual([
      0,
      [
        'a reload: frontend added: web-8080',
        '      and defaults changed',
        '! api:9999 SERVICE_PORT_TAKEN taken by web',
        '',
      ],
    ]);
  });

  test('prints the lines that differ with --diff only', async () => {
    const facts = { kind: 'reload', reasons: [{ text: 'r' }], diff: '-bind :80\n+bind :81\u001b[2J\n' };
    expect((await planned(facts, '--diff')).out).toBe('a reload: r\n\n-bind :80\n+bind :81\\u001b[2J\n');
    expect((await planned(facts)).out).toBe('a reload: r\n');
  });

  test('sends the template of a file, and ends with 1 when HAProxy does not accept what it gives', async () => {
    const verified = { ok: false, code: 'CONFIG_REJECTED', message: "[ALERT] unknown keyword 'bnid'" };
    const { exitCode, out, asked, sent } = await sidecar(
      'plan --template new.hbs',
      { '/api/proxy/plan': answer(200, { ...NOTHING, kind: 'refused', verified }) },
      { SIDECAR_TOKEN: 't0k' },
      { 'new.hbs': 'frontend é\n' },
    );
    expect([exitCode, out]).toEqual([1, "refused: CONFIG_REJECTED [ALERT] unknown keyword 'bnid'\n"]);
    expect(asked).toEqual(['POST http://127.0.0.1:7777/api/proxy/plan Bearer t0k']);
    expect(sent).toEqual(['text/plain; charset=utf-8: frontend é\n']);
  });

  test('asks nothing when the file cannot be read, and ends with 2', async () => {
    const { exitCode, out, err, asked } = await sidecar('plan --template gone.hbs');
    expect([exitCode, out, asked]).toEqual([2, '', []]);
    expect(err).toBe("sidecar: the file cannot be read: ENOENT: no such file or directory, open 'gone.hbs'\n");
  });

  test('prints the words of an agent that makes no plans, and ends with 1', async () => {
    const refusal = answer(404, { message: 'this agent leaves HAProxy alone', status: 'error' });
    const { exitCode, out } = await sidecar('plan', { '/api/proxy/plan': refusal });
    expect([exitCode, out]).toEqual([1, 'this agent leaves HAProxy alone\n']);
  });

  test('is the answer as it is with --json', async () => {
    const { exitCode, out } = await planned({ kind: 'runtime', changes: CHANGES }, '--json');
    expect([exitCode, JSON.parse(out)]).toEqual([0, { ...NOTHING, kind: 'runtime', changes: CHANGES }]);
  });

  test.each([
    { kind: 'maybe' },
    { changes: [{ kind: 'add' }] },
    { reasons: ['because'] },
    { verified: { ok: false } },
    { verified: null },
  ])('takes nothing else for an answer: %j', async (facts) => {
    expect((await planned(facts)).exitCode).toBe(2);
  });
});
