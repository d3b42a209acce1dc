import { execFile } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { PROGRAM, target } from '../support/agent.js';
import { Cluster } from '../support/cluster.js';
import { freePorts, getJson } from '../support/network.js';
import { until } from '../support/until.js';

interface Views {
  readonly hosts: readonly { readonly name: string; readonly asked: string; readonly message: string | null }[];
  readonly partitions: readonly (readonly string[])[];
}

let cluster: Cluster;

beforeAll(async () => {
  const [closed = 0, servicePort = 0] = await freePorts(2);
  cluster = await Cluster.start(3, {
    http: ['bind_ip = "0.0.0.0"'],
    targets: (n) => (n === 1 ? [target('ill', closed, servicePort)] : []),
  });
}, 60_000);
afterAll(() => cluster.destroy());

const views = async (): Promise<Views> => (await getJson(cluster.agent(1).url('/api/views'))) as Views;

/** What `sidecar members --views` ends with and prints. */
const told = (): Promise<readonly [exitCode: number, out: string]> =>
  new Promise((done) => {
    const line = [PROGRAM, 'members', '--views', '--agent', cluster.agent(1).url('').replace('http://', '')];
    execFile(process.execPath, line, { timeout: 20_000 }, (error, stdout) =>
      done([error === null ? 0 : Number(error.code), stdout]),
    );
  });

test('every agent says what it sees, and who does not answer is named', async () => {
  const whole = await until(
    'all see the same',
    async () => {
      const { hosts, partitions } = await views();
      const asked = hosts.map((host) => host.asked).join(' ');
      return asked === 'self answered answered' && partitions.length === 1 ? partitions : undefined;
    },
    20_000,
  );
  expect(whole).toEqual([['h1', 'h2', 'h3']]);
  expect(await told()).toEqual([0, 'default, seen from h1: 3 hosts see the same members\n']);
  cluster.agent(3).kill('SIGKILL');
  const message = await until(
    'h3 does not answer',
    async () => (await views()).hosts.find(({ name, asked }) => name === 'h3' && asked === 'unanswered')?.message,
    20_000,
  );
  expect(message).toContain('ECONNREFUSED');
});

test('the checks of a host are told with what their last run showed', async () => {
  const { host, checks } = (await getJson(cluster.agent(1).url('/api/checks'))) as {
    readonly host: string;
    readonly checks: readonly { readonly service: string; readonly output: string | null }[];
  };
  expect([host, checks.map(({ service }) => service)]).toEqual(['h1', ['ill']]);
  expect(checks).toMatchObject([{ type: 'http', status: 'failed', lastResult: 'failed' }]);
  expect(checks[0]?.output).toContain('ECONNREFUSED');
});
