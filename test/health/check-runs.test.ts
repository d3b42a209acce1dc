import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CheckState } from '../../src/health/check-report.js';
import { HealthChecks } from '../../src/health/health-checks.js';
import { ProblemBoard } from '../../src/lib/problems.js';
import { systemClock, systemRandom, systemWallClock } from '../../src/platform/clock.js';
import { runCommandAlone } from '../../src/platform/command.js';
import { probeHttp } from '../../src/platform/http-probe.js';
import { probeTcp } from '../../src/platform/tcp-probe.js';
import type { CheckSpec, CheckTuning } from '../../src/service/discovered.js';
import { listen, portOf } from '../support/network.js';
import { processesWith } from '../support/processes.js';
import { discovered } from '../support/records.js';
import { until } from '../support/until.js';

const log = { debug: quiet, info: quiet, warn: quiet, error: quiet, child: () => log };
function quiet(): void {
  // these tests look at results
}

let dir: string;
let stop: AbortController;
let ended: Promise<void>;
let checks: HealthChecks;
let told: Map<string, CheckState>;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'check-'));
  stop = new AbortController();
  told = new Map();
  checks = new HealthChecks(
    { publishedAddress: '127.0.0.1', defaultCheckEndpoint: '/', checkIntervalMs: 1_000, maxChecks: 50 },
    {
      probes: { http: probeHttp, tcp: probeTcp, command: runCommandAlone },
      onResult: (id, state) => void told.set(id, state),
      clock: systemClock,
      random: systemRandom,
      problems: new ProblemBoard(systemWallClock()),
      log,
    },
  );
  ended = checks.run(stop.signal, () => undefined);
});
afterEach(async () => {
  stop.abort();
  await ended;
  rmSync(dir, { recursive: true, force: true });
});

const service = (id: string, check: CheckSpec, tuning: CheckTuning = {}) =>
  discovered({ id, check, tuning, ports: null });
const external = (id: string, args: string, tuning?: CheckTuning) => service(id, { type: 'External', args }, tuning);
const resultOf = (id: string) => until(`${id} is decided`, () => told.get(id));
const noneLeft = () => until('no process of the check is left', () => processesWith(dir).length === 0);

describe('checks that run for real', () => {
  test('External commands run in bash, and their output is the reason', async () => {
    checks.setTargets([
      external('pipe', 'echo hi | grep -q hi'),
      external('spaces', 'test  -d /tmp'),
      external('variable', 'test -n "$PATH"'),
      external('missing', '/no/such'),
      external('status', 'echo "disk\tfull"; echo "on /var" >&2; exit 3'),
    ]);
    for (const id of ['pipe', 'spaces', 'variable']) expect((await resultOf(id)).status).toBe('healthy');
    expect((await resultOf('missing')).output).toMatch(/^exit status 127: .*No such file/);
    const { reason, output } = await resultOf('status');
    expect(reason).toBe('check-failed');
    expect(output).toMatch(/^exit status 3: (disk full on \/var|on \/var disk full)$/);
  });

  test('HttpGet and Tcp reach a server, and see it go', async () => {
    const server = await listen(createServer((_request, response) => response.end('fine')));
    const args = { url: `http://{{ host }}:${portOf(server)}/`, address: `{{ host }}:${portOf(server)}` };
    const often = { intervalMs: 100 };
    checks.setTargets([
      service('http', { type: 'HttpGet', args: args.url }, often),
      service('tcp', { type: 'Tcp', args: args.address }, often),
    ]);
    for (const id of ['http', 'tcp'])
      expect(await resultOf(id)).toMatchObject({ status: 'healthy', reason: 'check-passed' });
    await new Promise((resolve) => server.close(resolve));
    for (const id of ['http', 'tcp']) {
      await until(`${id} is seen to be gone`, () => told.get(id)?.status === 'failed');
      expect(told.get(id)?.output).toContain('ECONNREFUSED');
    }
  });

  test.each([
    ['hangs', 'sleep 601; :'],
    ['ignores SIGTERM', 'trap "" TERM HUP INT; while :; do sleep 1; done'],
    ['floods its output', 'yes $0'],
    ['floods both outputs', 'yes $0 & yes $0 >&2'],
    ['forks children', 'for i in 1 2 3; do bash -c "sleep 601; : $0" & done; wait'],
  ])('a check that %s is ended in time with all it started', async (_what, script) => {
    // The path makes the processes of this test known by their command lines.
    const command = `exec bash -c '${script.replaceAll("'", `'\\''`)}' ${dir}/check`;
    checks.setTargets([external('bad', command, { timeoutMs: 1_000 }), external('good', 'true')]);
    await until('it runs', () => processesWith(dir).length > 0);
    expect((await resultOf('good')).status).toBe('healthy');
    const { status, reason, output } = await resultOf('bad');
    expect({ status, reason }).toEqual({ status: 'failed', reason: 'check-timed-out' });
    expect(output).toMatch(/^killed after 1000 ms/);
    expect(output.length).toBeLessThanOrEqual(4_096);
    checks.setTargets([]);
    await noneLeft();
  });

  test('what a passed check leaves in the background is ended, too', async () => {
    checks.setTargets([external('daemon', `bash -c 'sleep 601; :' ${dir}/daemon & echo $! > ${dir}/pid`)]);
    expect((await resultOf('daemon')).status).toBe('healthy');
    expect(Number(readFileSync(join(dir, 'pid'), 'utf8'))).toBeGreaterThan(0);
    await noneLeft();
  });

  test('at the stop of the agent no check is left', async () => {
    checks.setTargets([external('hanging', `exec bash -c 'trap "" TERM; sleep 601; :' ${dir}/check`)]);
    await until('it runs', () => processesWith(dir).length > 0);
    stop.abort();
    await ended;
    await noneLeft();
  });
});
