import { describe, expect, test } from '@jest/globals';
import { isForCli } from '../../src/cli/run.js';
import type { HttpAnswer } from '../../src/lib/http-ask.js';
import { answer, sidecar, terminal } from './agent-double.js';

const WELL = {
  '/health': answer(200, { status: 'ok', problems: [] }),
  '/ready': answer(200, { ready: true, waitingFor: [] }),
};

describe('a command line', () => {
  test.each(['', '-x', '--help', '--agentx', '-c 10.0.0.1 status'])('%j is for the agent', (line) => {
    expect(isForCli(line.split(' ').filter(Boolean))).toBe(false);
  });

  test.each(['status', 'statsu', 'help', '--json status', '--agent a:1 status', '--agent=a:1 status'])(
    '%j is for a sub-command',
    (line) => {
      expect(isForCli(line.split(' '))).toBe(true);
    },
  );
});

describe('the agent that is asked', () => {
  test.each([
    ['status', {}, '127.0.0.1:7777'],
    ['status', { SIDECAR_AGENT: 'b:1' }, 'b:1'],
    ['status', { SIDECAR_AGENT: '' }, '127.0.0.1:7777'],
    ['status --agent a:2', { SIDECAR_AGENT: 'b:1' }, 'a:2'],
    ['--agent=[::1]:2 status', {}, '[::1]:2'],
    ['--agent http://a:2 status', {}, 'a:2'],
  ])('by %j with %j is %s', async (line, env, agent) => {
    const { asked, exitCode } = await sidecar(line, WELL, env);
    expect([exitCode, asked[0]]).toEqual([0, `GET http://${agent}/health`]);
  });

  test('is asked over TLS when it is given as such a URL', async () => {
    const { asked } = await sidecar('status --agent https://h1.example:7777', WELL);
    expect(asked[0]).toBe('GET https://h1.example:7777/health');
  });

  test('gets the token of the environment', async () => {
    const { asked } = await sidecar('status', WELL, { SIDECAR_TOKEN: 't0k' });
    expect(asked[0]).toBe('GET http://127.0.0.1:7777/health Bearer t0k');
  });
});

describe('what cannot be asked ends with 2 and one sentence on stderr', () => {
  test.each([
    ['statsu', {}, /unknown command 'statsu'.*\n?.*status/],
    ['routes', {}, /unknown command 'routes'\nsidecar help lists the commands/],
    ['status --jsn', {}, /unknown option '--jsn'.*\n?.*--json/],
    ['status now', {}, /too many arguments/],
    ['forget', {}, /missing required argument 'HOST'/],
    ['status --agent', {}, /argument missing/],
    ['status --agent localhost', {}, /"localhost", expected HOST:PORT/],
    ['status --agent a:99999', {}, /"a:99999", expected HOST:PORT/],
    ['status --agent ftp://a:1', {}, /expected HOST:PORT or https:\/\/HOST:PORT/],
    ['status --agent https://a:1/x', {}, /expected HOST:PORT or https:\/\/HOST:PORT/],
    ['status', { SIDECAR_TOKEN: 'a b' }, /SIDECAR_TOKEN is not a token/],
  ])('%j with %j', async (line, env, sentence) => {
    const { exitCode, out, err, asked } = await sidecar(line, WELL, env);
    expect([exitCode, out, asked]).toEqual([2, '', []]);
    expect(err).toMatch(sentence);
    expect(err).not.toContain('a b');
  });

  const unusable: readonly (readonly [HttpAnswer, RegExp])[] = [
    [{ outcome: 'unreachable', reason: 'connect ECONNREFUSED' }, /no agent answers at a:1 \(connect ECONNREFUSED\)/],
    [{ outcome: 'timed-out' }, /did not answer GET \/health within 5 s/],
    [{ outcome: 'too-long' }, /longer than 20971520 bytes/],
    [{ outcome: 'answered', status: 404, body: '404 page\u001b' }, /with 404 and "404 page\\u001b": is it a Sidecar/],
    [answer(200, { status: 'green' }), /with 200 and JSON of another kind/],
    [answer(400, { message: 'this port speaks TLS', status: 'error' }), /with 400 and "this port speaks TLS": is it a/],
  ];
  test('over TLS, a failure hints at the certificate as well', async () => {
    const refused: HttpAnswer = { outcome: 'unreachable', reason: 'self-signed certificate' };
    const overTls = await sidecar('status --agent https://a:1', { '/health': refused });
    expect(overTls.err).toMatch(
      /\(self-signed certificate\)\. Is it running, .* Has it tls_cert, .*NODE_EXTRA_CA_CERTS/,
    );
    expect((await sidecar('status --agent a:1', { '/health': refused })).err).not.toContain('NODE_EXTRA_CA_CERTS');
  });

  test.each(unusable)('an answer like %j', async (got, sentence) => {
    const { exitCode, out, err } = await sidecar('status --agent a:1', { '/health': got });
    expect([exitCode, out]).toEqual([2, '']);
    expect(err).toMatch(sentence);
    expect(err.trimEnd().split('\n')).toHaveLength(1);
  });
});

test('what is wrong with a line fits the terminal, and cannot command it', async () => {
  const line = 'dev --follow a\u001b[2J-name-that-is-no-address';
  const { exitCode, err } = await sidecar(line, {}, {}, {}, { terminal: terminal(40) });
  expect([exitCode, err]).toEqual([2, expect.stringContaining('Expected HOST:PORT')]);
  expect(err.split('\n').filter((each) => each.length > 40)).toEqual([]);
  expect(err).not.toContain('\u001b');
});

test('help lists the commands and the flags they share, on stdout, and is fine', async () => {
  const { exitCode, out } = await sidecar('help');
  expect(exitCode).toBe(0);
  for (const word of ['status', 'members', 'forget', 'leave', '--agent <HOST:PORT>', '--json'])
    expect(out).toContain(word);
  expect((await sidecar('status --help')).out).toContain('--agent <HOST:PORT>');
});
