// `npm start`: installs what is missing, builds, starts three demo instances and the agent on the project's sidecar.toml,
// says what to try, and takes everything down again on Ctrl-C. `npm start -- FLAGS` runs the agent alone with those flags.
import { fork, spawn } from 'node:child_process';
import { join } from 'node:path';
import {
  build,
  checkNode,
  findHaproxy,
  giveUp,
  HOW_TO_GET_HAPROXY,
  installHaproxy,
  installPackages,
  ROOT,
} from './setup.mjs';

const AGENT = 'http://127.0.0.1:7777';
const SERVICE = 'http://127.0.0.1:8080/';
const RESTART_AFTER_MS = 10_000;
const READY_WITHIN_MS = 30_000;

const flags = process.argv.slice(2);
const demo = flags.length === 0;
process.chdir(ROOT);
checkNode();
installPackages();
if (!installHaproxy() && demo) giveUp(HOW_TO_GET_HAPROXY);
build();

let stopping = false;
const instances = new Map();

function startInstance(name, port) {
  const child = fork(join(ROOT, 'scripts', 'demo', 'instance.mjs'), [name, String(port)]);
  instances.set(name, child);
  child.once('exit', (code, signal) => {
    instances.delete(name);
    if (stopping) return;
    console.log(
      `demo: ${name} has ended (${signal ?? `status ${code}`}); it is started again in ${RESTART_AFTER_MS / 1000} s`,
    );
    setTimeout(() => {
      if (stopping) return;
      startInstance(name, port).then(
        () => console.log(`demo: ${name} is started again, pid ${instances.get(name)?.pid}`),
        () => undefined, // its end has been told, and it is tried again
      );
    }, RESTART_AFTER_MS).unref();
  });
  return new Promise((resolve, reject) => {
    child.once('message', resolve);
    child.once('exit', () => reject(new Error(`${name} did not start`)));
  });
}

function endInstances() {
  stopping = true;
  for (const child of instances.values()) child.kill('SIGTERM');
}

if (demo) {
  const all = [18081, 18082, 18083].map((port, i) => startInstance(`hello-${'abc'[i]}`, port));
  await Promise.all(all).catch((error) => {
    endInstances();
    giveUp(`The demo cannot start: ${error.message}.`);
  });
}

const agent = spawn(process.execPath, [join(ROOT, 'dist', 'bin', 'sidecar.js'), ...flags], { stdio: 'inherit' });
agent.once('exit', (code, signal) => {
  const asked = stopping;
  endInstances();
  process.exitCode = asked && signal === null ? 0 : (code ?? 1);
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    stopping = true;
    agent.kill('SIGTERM');
  });
}
if (demo) await sayWhatToTry();

async function sayWhatToTry() {
  const deadline = performance.now() + READY_WITHIN_MS;
  while (!(await isReady())) {
    if (stopping || agent.exitCode !== null) return;
    if (performance.now() > deadline) {
      console.log(`\nThe agent is not ready after ${READY_WITHIN_MS / 1000} s; ask it why:  curl ${AGENT}/ready\n`);
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const [first] = instances.values();
  const pids = [...instances].map(([name, child]) => `${name} ${child.pid}`).join(', ');
  const rows = [
    [`curl ${SERVICE}`, 'the service, by turns from each instance'],
    [`${AGENT}/ui/`, 'the console, in a browser'],
    [`curl ${AGENT}/services.json`, 'the same for programs'],
    ['http://127.0.0.1:3212/', "HAProxy's own statistics"],
    [`kill ${first?.pid}`, 'stop one instance and ask again:'],
    ['', 'it leaves HAProxy, and comes back'],
  ];
  console.log(`
ready. Three instances of the service "hello" are behind HAProxy. Try:

${rows.map(([what, why]) => `  ${what.padEnd(42)} ${why}`.trimEnd()).join('\n')}

The instances: ${pids}.
HAProxy: ${findHaproxy()}. Ctrl-C ends everything.
`);
}

async function isReady() {
  try {
    const { status } = await fetch(`${AGENT}/ready`);
    return status === 200 && agent.exitCode === null; // otherwise somebody else answers at our port
  } catch {
    return false; // not listening yet
  }
}
