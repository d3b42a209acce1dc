import { describe, expect, test } from '@jest/globals';
import type { Instance } from '../../../src/cli/instance.js';
import { answer, sidecar } from '../agent-double.js';
import { instance, stateOf } from '../state-double.js';

const member = (name: string, address: string, isSelf = false, http: unknown = null): unknown => ({
  ...{ name, address, port: 7946, http, state: 'alive', isSelf },
  ...{ incarnation: 1, lastHeardAgoMs: 0, roundTripMs: null, skewMs: null, versions: null, givenUpInMs: null },
});
const MEMBERS = {
  clusterName: 'prod',
  hostname: 'h1',
  members: [member('h1', '10.0.0.1', true), member('h2', '10.0.0.2'), member('h6', 'fd00::6')],
};
const at = (Hostname: string, ID: string, Name = 'web', Status = 0): Instance =>
  instance({ Hostname, ID, Name, Status });
const STATE = stateOf(
  at('h1', 'aa'),
  at('h1', 'ab', 'db'),
  at('h2', 'aa'),
  at('h2', 'ba'),
  at('h2', 'bb', 'web', 1),
  at('h2', 'bc', 'a@b'),
  at('h6', 'ca'),
  at('h9', 'da'),
);
const done = (id: string, what = 'set to DRAINING') =>
  answer(202, { Message: `Service "web" instance "${id}" ${what}` });
const WORLD = {
  '/api/members': answer(200, MEMBERS),
  '/state.json': answer(200, STATE),
  '/api/services/aa/drain': done('aa'),
  '/api/services/ba/drain': done('ba'),
  '/api/services/bc/drain': done('bc'),
  '/api/services/ca/drain': done('ca'),
};
const UNREACHABLE = { outcome: 'unreachable', reason: 'connect ECONNREFUSED' } as const;
const ASKED_FIRST = ['GET http://127.0.0.1:7777/api/members', 'GET http://127.0.0.1:7777/state.json'];

describe('sidecar drain', () => {
  test('drains an instance of the asked host, and says what the agent says', async () => {
    const { exitCode, out, asked } = await sidecar('drain aa', WORLD);
    expect([exitCode, out]).toEqual([0, 'h1: Service "web" instance "aa" set to DRAINING\n']);
    expect(asked).toEqual([...ASKED_FIRST, 'POST http://127.0.0.1:7777/api/services/aa/drain']);
  });

  test.each([
    ['drain ba', 'POST http://10.0.0.2:7777/api/services/ba/drain', 'h2'],
    ['drain ca --for 15m', 'POST http://[fd00::6]:7777/api/services/ca/drain?for=15m', 'h6'],
    ['drain a@b@h2 --end', 'DELETE http://10.0.0.2:7777/api/services/bc/drain', 'h2'],
  ])('%s goes to the host that runs it, with the token', async (line, question, host) => {
    const { exitCode, out, asked } = await sidecar(line, WORLD, { SIDECAR_TOKEN: 't0k' });
    expect([exitCode, asked.at(-1)]).toEqual([0, `${question} Bearer t0k`]);
    expect(out).toMatch(new RegExp(`^${host}: Service`));
  });

  test('reaches another host over TLS when the one that was asked has it', async () => {
    const { asked } = await sidecar('drain ca --agent https://h1.example:7000', WORLD);
    expect(asked.at(-1)).toBe('POST https://[fd00::6]:7000/api/services/ca/drain');
  });

  test.each([
    ['127.0.0.1:7777', { port: 8000, isTls: false }, 'http://10.0.0.2:8000'],
    ['127.0.0.1:7777', { port: 8443, isTls: true }, 'https://10.0.0.2:8443'],
    ['https://h1.example:7000', { port: 8000, isTls: false }, 'https://10.0.0.2:8000'],
  ])('asked at %s reaches a host that says its HTTP API is %j at %s', async (agent, http, url) => {
    const members = [member('h1', '10.0.0.1', true), member('h2', '10.0.0.2', false, http)];
    const world = { ...WORLD, '/api/members': answer(200, { ...MEMBERS, members }) };
    const { asked } = await sidecar(`drain ba --agent ${agent}`, world);
    expect(asked.at(-1)).toBe(`POST ${url}/api/services/ba/drain`);
    const { out } = await sidecar(`drain ba --agent ${agent}`, { ...world, '/api/services/ba/drain': UNREACHABLE });
    expect(out).toMatch(/^h2: no agent answers at /);
    expect(out).not.toContain('is taken to be');
  });

  test('of a service on a host drains every instance that lives, a line for each', async () => {
    const { exitCode, out, asked } = await sidecar('drain web@h2', WORLD);
    expect([exitCode, out.match(/^h2: .*$/gm)?.length]).toEqual([0, 2]);
    expect(asked.slice(2)).toEqual([
      'POST http://10.0.0.2:7777/api/services/aa/drain',
      'POST http://10.0.0.2:7777/api/services/ba/drain',
    ]);
  });

  test.each(['nope', 'bb', 'web@h1x', 'nope@h2'])('of %s finds nothing, and asks nobody', async (subject) => {
    const { exitCode, out, asked } = await sidecar(`drain ${subject}`, WORLD);
    expect([exitCode, out, asked]).toEqual([
      1,
      `no living instance is called ${subject}, expected an ID or NAME@HOST: sidecar ls NAME lists them\n`,
      ASKED_FIRST,
    ]);
  });

  test('prints why it was refused, and ends with 1', async () => {
    const refusal = answer(400, { message: 'for is "x"', status: 'error' });
    const { exitCode, out } = await sidecar('drain aa --for x', { ...WORLD, '/api/services/aa/drain': refusal });
    expect([exitCode, out]).toEqual([1, 'h1: for is "x"\n']);
  });

  test('says of a host that does not answer which port it tried, goes on with the next, and ends with 2', async () => {
    const world = Object.entries(WORLD).filter(([path]) => path !== '/api/services/aa/drain');
    const { exitCode, out } = await sidecar('drain web@h2', Object.fromEntries(world));
    expect(exitCode).toBe(2);
    expect(out).toMatch(
      /^h2: no agent answers at 10\.0\.0\.2:7777 .*Its port is taken to be that of 127\.0\.0\.1:7777\nh2: Service "web" instance "ba"/,
    );
  });

  test('says of a host that is no member that nobody can be asked', async () => {
    const { exitCode, out } = await sidecar('drain da', WORLD);
    expect([exitCode, out]).toEqual([2, 'h9: is no member of the cluster: nobody there can be asked\n']);
  });

  test('prints one document with --json', async () => {
    const { out } = await sidecar('drain aa --json', WORLD);
    const message = 'Service "web" instance "aa" set to DRAINING';
    expect(JSON.parse(out)).toEqual([{ host: 'h1', id: 'aa', status: 202, message }]);
  });

  test('the asked agent itself must answer, and with what an agent of this version says', async () => {
    expect(await sidecar('drain aa')).toMatchObject({ exitCode: 2, err: expect.stringContaining('no agent answers') });
    const odd = { ...WORLD, '/state.json': answer(200, { Servers: { h1: { Services: { aa: {} } } } }) };
    expect(await sidecar('drain aa', odd)).toMatchObject({ exitCode: 2, err: expect.stringContaining('/state.json') });
  });

  test('is either for a while or ended', async () => {
    const { exitCode, err, asked } = await sidecar('drain aa --for 1m --end', WORLD);
    expect([exitCode, asked]).toEqual([2, []]);
    expect(err).toContain('--end');
  });
});
