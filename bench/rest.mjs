// What an agent at rest costs: CPU time of the agent with its children, and of HAProxy, over MINUTES; resident memory at the end.
//   node bench/rest.mjs [MINUTES=5]
// Two agents run side by side: one checks 10 services (8 × HttpGet, 2 × External, defaults), the other 10 without checks.
// Measured from the outside, from /proc. Needs a build (npm test makes one) and HAProxy.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
const minutes = Number(process.argv[2] ?? 5);
const TICKS_PER_SECOND = 100; // USER_HZ on every Linux that Node runs on
const SETTLE_MS = 10_000;

const backend = createServer((_request, response) => response.end('fine\n'));
await new Promise((resolve) => backend.listen(0, '127.0.0.1', resolve));
const backendPort = backend.address().port;

const withChecks = (i) =>
  i < 8
    ? { Type: 'HttpGet', Args: `http://127.0.0.1:${backendPort}/` }
    : { Type: 'External', Args: 'test -d /tmp && true' };
const withoutChecks = () => ({ Type: 'AlwaysSuccessful' });

function startAgent(name, basePort, checkOf) {
  const dir = mkdtempSync(join(tmpdir(), `sidecar-rest-${name}-`));
  const targets = Array.from({ length: 10 }, (_, i) => ({
    Service: {
      Name: `service-${i}`,
      Image: 'demo:1',
      Ports: [{ Type: 'tcp', Port: backendPort, ServicePort: basePort + 10 + i }],
    },
    Check: checkOf(i),
  }));
  writeFileSync(join(dir, 'static.json'), JSON.stringify(targets));
  writeFileSync(
    join(dir, 'sidecar.toml'),
    `[sidecar]\ndiscovery = ["static"]\nadvertise_ip = "127.0.0.1"\nbind_ip = "127.0.0.1"\nbind_port = ${basePort + 1}\nstate_dir = "${dir}/state"\n
[http]\nbind_ip = "127.0.0.1"\nport = ${basePort}\n[static_discovery]\nconfig_file = "${dir}/static.json"\n
[haproxy]\nbind_ip = "127.0.0.1"\nconfig_file = "${dir}/haproxy.cfg"\npid_file = "${dir}/haproxy.pid"\nruntime_socket = "${dir}/haproxy.sock"\nstats_bind = ""\nstop_on_exit = true\n`,
  );
  const agent = spawn(process.execPath, [join(ROOT, 'dist/bin/sidecar.js'), '-f', join(dir, 'sidecar.toml')], {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return { name, dir, agent };
}

/** CPU seconds of a process and its ended children so far. */
function cpuSeconds(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (
    fields
      .slice(11, 15)
      .map(Number)
      .reduce((sum, ticks) => sum + ticks, 0) / TICKS_PER_SECOND
  );
}

const residentMiB = (pid) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const agents = [startAgent('checks', 17_800, withChecks), startAgent('idle', 17_900, withoutChecks)];
await wait(SETTLE_MS);
const started = performance.now();
const before = agents.map(({ agent, dir }) => {
  const haproxy = Number(readFileSync(join(dir, 'haproxy.pid'), 'utf8').trim().split('\n')[0]);
  return { haproxy, agentCpu: cpuSeconds(agent.pid), haproxyCpu: cpuSeconds(haproxy) };
});
for (let minute = 1; minute <= minutes; minute += 1) {
  await wait(60_000);
  process.stderr.write(`minute ${minute} of ${minutes}\n`);
}
const seconds = (performance.now() - started) / 1000;
console.log(`Over ${(seconds / 60).toFixed(1)} minutes, in percent of one core:`);
agents.forEach(({ name, agent }, i) => {
  const { haproxy, agentCpu, haproxyCpu } = before[i];
  const percent = (cpu) => ((cpu / seconds) * 100).toFixed(2);
  console.log(
    `${name.padEnd(7)} agent and children ${percent(cpuSeconds(agent.pid) - agentCpu)} %, resident ${residentMiB(agent.pid).toFixed(0)} MiB; ` +
      `haproxy ${percent(cpuSeconds(haproxy) - haproxyCpu)} %, resident ${residentMiB(haproxy).toFixed(0)} MiB`,
  );
});
for (const { agent, dir } of agents) {
  agent.kill('SIGTERM');
  await new Promise((resolve) => agent.once('exit', resolve));
  rmSync(dir, { recursive: true });
}
backend.close();
