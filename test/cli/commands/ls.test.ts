import { describe, expect, test } from '@jest/globals';
import { answer, sidecar, terminal } from '../agent-double.js';
import { instance, stateOf } from '../state-double.js';

const STATE = stateOf(
  instance(),
  instance({ Hostname: 'h2', ID: 'ba', Status: 2, Updated: '2026-11-23T11:57:00Z' }),
  instance({ Hostname: 'h2', ID: 'bb', Status: 1 }),
  instance({ Name: 'api', ID: 'ab', Status: 4, Ports: null, Image: '' }),
  instance({ Name: 'old', ID: 'oo', Status: 1 }),
);
const event = (id: number, time: string, what: string, host: string, of: string): object => ({
  ...{ id, time, kind: 'service', what, host, instance: of, service: 'web', text: 'it is so' },
});
const HISTORY = {
  events: [
    event(1, '2026-11-23T11:00:00Z', 'added', 'h1', 'aa'),
    event(2, '2026-11-23T11:01:00Z', 'added', 'h2', 'ba'),
    event(3, '2026-11-23T11:58:00Z', 'status', 'h2', 'ba'),
    event(4, '2026-11-23T11:59:00Z', 'content', 'h2', 'ba'),
  ],
  oldest: '2026-11-23T11:00:00Z',
  isTruncated: false,
};
const WORLD = { '/state.json': answer(200, STATE), '/api/history': answer(200, HISTORY) };
const on80 = { terminal: terminal(80) };

describe('sidecar ls', () => {
  test('has a line for each service, without what is gone', async () => {
    const { exitCode, out } = await sidecar('ls', WORLD);
    expect(exitCode).toBe(0);
    expect(out.split('\n')).toEqual([
      'prod, seen from h1: 2 services, 3 instances on 2 hosts',
      '',
      'SERVICE  PORTS  INSTANCES             HOSTS',
      'api      -      1 draining            h1',
      'web      8080   1 alive, 1 unhealthy  h1 h2',
      '',
    ]);
  });

  test('counts what is gone with --all', async () => {
    const { out } = await sidecar('ls --all', WORLD);
    expect(out).toMatch(/^old +8080 +1 gone +h1$/m);
    expect(out).toMatch(/^web .* 1 alive, 1 unhealthy, 1 gone /m);
  });

  test('of a service has a line for each instance, with how long its status lasts', async () => {
    const { exitCode, out, asked } = await sidecar('ls web', WORLD);
    expect([exitCode, asked.length]).toEqual([0, 2]);
    expect(out.split('\n')).toEqual([
      'web: 1 alive, 1 unhealthy, on 2 hosts',
      '',
      'HOST  ID  STATUS     SINCE   UPDATED  PORTS        IMAGE',
      'h1    aa  alive      1h ago  11s ago  8080->32768  web:1.0',
      'h2    ba  unhealthy  2m ago  3m ago   8080->32768  web:1.0',
      '',
    ]);
  });

  test('of an agent that keeps no events knows of no such times', async () => {
    const { exitCode, out } = await sidecar('ls web', { ...WORLD, '/api/history': answer(404, { message: 'no' }) });
    expect(exitCode).toBe(0);
    expect(out).toMatch(/^h1 +aa +alive +- +11s ago /m);
  });

  test.each([
    ['ls wbe', 'no service called wbe is known in prod, seen from h1: did you mean web?'],
    ['ls database', 'no service called database is known in prod, seen from h1: sidecar ls lists what is'],
    ['ls old', 'old has no instance any more: 1 instance of it is gone. sidecar ls old --all shows them'],
  ])('%s ends with 1, and says what to do', async (line, sentence) => {
    const { exitCode, out } = await sidecar(line, WORLD);
    expect([exitCode, out.slice(0, sentence.length)]).toEqual([1, sentence]);
  });

  test('of an empty cluster says what to do instead of showing an empty table', async () => {
    const { exitCode, out } = await sidecar('ls', { '/state.json': answer(200, stateOf()) }, {}, {}, on80);
    expect(exitCode).toBe(0);
    expect(out.split('\n')).toEqual([
      'prod, seen from h1: no service is known. Name one in the static file, or start a',
      'container with labels; sidecar status says whether something is wrong',
      '',
    ]);
  });

  test('prints one document with --json', async () => {
    const services = JSON.parse((await sidecar('ls --json', WORLD)).out) as object;
    expect(services).toMatchObject({
      hostname: 'h1',
      services: [
        { name: 'api', ports: [], instances: { draining: 1 }, hosts: ['h1'] },
        { name: 'web', ports: [8080], instances: { alive: 1, unhealthy: 1 }, hosts: ['h1', 'h2'] },
      ],
    });
    const web = JSON.parse((await sidecar('ls web --json', WORLD)).out) as object;
    expect(web).toMatchObject({
      name: 'web',
      instances: [
        { id: 'aa', host: 'h1', status: 'alive', ports: [{ type: 'tcp', port: 32768, servicePort: 8080 }] },
        { id: 'ba', since: '2026-11-23T11:58:00.000Z' },
      ],
    });
  });

  test.each([
    { Servers: {} },
    stateOf(instance({ Status: '0' as unknown as number })),
    { ...stateOf(), Servers: { h1: { Services: { a: null } } } },
  ])('does not take %j for a state', async (state) => {
    const { exitCode, err } = await sidecar('ls', { '/state.json': answer(200, state) });
    expect([exitCode, err]).toEqual([2, expect.stringContaining('JSON of another kind')]);
  });
});
