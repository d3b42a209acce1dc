// What every command needs before it can run: packages, HAProxy, a build. Plain Node, no packages: it runs before there are any.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { accessSync, constants, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '..');
const STAMP = join(ROOT, 'node_modules', '.installed-from');

/** Ends the process with one clear sentence. */
export function giveUp(sentence) {
  console.error(`\n${sentence}`);
  process.exit(1);
}

/** Runs a program in the project's folder, its output going to the terminal; returns whether it succeeded. */
export function succeeds(file, args, options = {}) {
  return spawnSync(file, args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'], ...options }).status === 0;
}

/** Runs a step that a person waits for, with its name before and its time after. */
export function step(name, run) {
  const start = performance.now();
  console.log(`▸ ${name} …`);
  run();
  console.log(`✓ ${name} (${((performance.now() - start) / 1000).toFixed(1)} s)`);
}

export function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    giveUp(`Sidecar needs Node.js 20.19 or later; this is ${process.versions.node}. Please install a newer one.`);
  }
}

/** Installs the npm packages that package-lock.json names, unless they are there already. */
export function installPackages() {
  const wanted = createHash('sha256')
    .update(readFileSync(join(ROOT, 'package-lock.json')))
    .digest('hex');
  if (readIfThere(STAMP) === wanted) return;
  step('installing npm packages', () => {
    if (!succeeds('npm', ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'])) {
      giveUp('npm could not install the packages. Is the npm registry reachable? Then run the command again.');
    }
    writeFileSync(STAMP, wanted);
  });
}

/** Where HAProxy is, looking also where an ordinary user's PATH does not; undefined when it is not installed. */
export function findHaproxy() {
  const folders = [...(process.env.PATH ?? '').split(':'), '/usr/local/sbin', '/usr/sbin', '/sbin'];
  return folders
    .filter(Boolean)
    .map((folder) => join(folder, 'haproxy'))
    .find(isExecutable);
}

const isRoot = () => process.getuid?.() === 0;

/** Installs HAProxy from the distribution's packages when it is missing and we may; returns whether it is there. */
export function installHaproxy() {
  if (findHaproxy()) return true;
  if (!isRoot() || !isExecutable('/usr/bin/apt-get')) return false;
  step('installing HAProxy from the distribution', () => {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const quiet = ['-qq', '-o', 'Dpkg::Use-Pty=0'];
    succeeds('apt-get', [...quiet, 'update'], { env });
    succeeds('apt-get', [...quiet, 'install', '-y', '--no-install-recommends', 'haproxy'], { env });
  });
  return findHaproxy() !== undefined;
}

export const HOW_TO_GET_HAPROXY =
  'HAProxy is not installed. On Debian or Ubuntu: sudo apt-get install haproxy – then run the command again.';

export function build() {
  step('building', () => {
    if (!succeeds(process.execPath, [join('node_modules', 'typescript', 'bin', 'tsc'), '-p', 'tsconfig.build.json'])) {
      giveUp('The build failed; the compiler says why above.');
    }
  });
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false; // not there, or not for us: the same to the caller
  }
}

function readIfThere(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined; // first run
  }
}
