// What every command needs before it can run: packages, HAProxy, a build. Plain Node, no packages: it runs before there are any.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { accessSync, constants, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
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
export const findHaproxy = () => findProgram('haproxy');

function findProgram(name, ...more) {
  const folders = [...(process.env.PATH ?? '').split(':'), '/usr/local/sbin', '/usr/sbin', '/sbin', ...more];
  return folders
    .filter(Boolean)
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

const isRoot = () => process.getuid?.() === 0;

/** Installs HAProxy from the distribution's packages when it is missing and we may; returns whether it is there. */
export function installHaproxy() {
  if (findHaproxy()) return true;
  if (!mayInstall()) return false;
  step('installing HAProxy from the distribution', () => aptInstall('haproxy'));
  return findHaproxy() !== undefined;
}

const mayInstall = () => isRoot() && isExecutable('/usr/bin/apt-get');

function apt(...args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return succeeds('apt-get', ['-qq', '-o', 'Dpkg::Use-Pty=0', ...args], { env });
}

function aptInstall(...names) {
  apt('update');
  apt('install', '-y', '--no-install-recommends', ...names);
}

/** Programs of the distribution that the tests talk to: their packages are unpacked in here, nothing of them is set up. */
const TEST_PROGRAMS = join(ROOT, 'run', 'test-programs');
const TEST_PATH = ['usr/bin', 'usr/sbin', 'bin'].map((folder) => join(TEST_PROGRAMS, folder));

/** By program, the package that holds it. */
const PEERS = { serf: 'serf', 'prometheus-alertmanager': 'prometheus-alertmanager' };
const ENGINE = { dockerd: 'docker.io', containerd: 'containerd', runc: 'runc', busybox: 'busybox-static' };
/** What a Docker Engine needs of the distribution; there is nothing to start in them. */
const ENGINE_LIBRARIES = ['libdevmapper1.02.1', 'libseccomp2'];
/** What builds an image without a registry, and starts several: nothing in them runs by itself either. */
const COMPOSE = { debootstrap: 'debootstrap', 'docker-compose': 'docker-compose' };
/** Whose completion is tried, beside bash. */
const SHELLS = { zsh: 'zsh', fish: 'fish' };
/** What shows the console; installed whole, since it needs many libraries, and nothing in it runs by itself either. */
const BROWSER = { chromium: 'chromium' };

/**
 * Fetches the gossip peers that the tests need, and for root a Docker Engine, when they are not there: only their files, since
 * installing the packages would start services. What starts none is installed, for root.
 *
 * @returns the folders to look for programs in, and which groups of tests have all that they need
 */
export function fetchTestPrograms() {
  const wanted = isRoot() ? { ...PEERS, ...ENGINE } : PEERS;
  const missing = missingOf(wanted);
  if (missing.length > 0 && isExecutable('/usr/bin/apt-get')) {
    step(`fetching ${missing.join(', ')} for the tests`, () => {
      mkdirSync(TEST_PROGRAMS, { recursive: true });
      if (isRoot()) apt('update');
      // Root's sandbox user may not write into our folder; the packages' signatures are checked all the same.
      const unsandboxed = isRoot() ? ['-o', 'APT::Sandbox::User=root'] : [];
      succeeds('apt-get', ['-qq', ...unsandboxed, 'download', ...missing], { cwd: TEST_PROGRAMS });
      for (const file of readdirSync(TEST_PROGRAMS).filter((name) => name.endsWith('.deb')))
        succeeds('dpkg-deb', ['-x', join(TEST_PROGRAMS, file), TEST_PROGRAMS]);
      if (missing.includes(ENGINE.dockerd)) apt('install', '-y', '--no-install-recommends', ...ENGINE_LIBRARIES);
    });
  }
  const tools = missingOf({ ip: 'iproute2', ...COMPOSE, ...SHELLS, ...BROWSER });
  if (tools.length > 0 && mayInstall())
    step(`installing ${tools.join(', ')} for the tests`, () => aptInstall(...tools));
  const has = (programs) => missingOf(programs).length === 0 && findProgram('ip') !== undefined;
  return {
    ...{ path: TEST_PATH, peers: has(PEERS), shells: has(SHELLS) },
    engine: isRoot() && has({ ...ENGINE, ...COMPOSE }),
    browser: missingOf(BROWSER).length === 0,
  };
}

const missingOf = (programs) => [
  ...new Set(
    Object.entries(programs)
      .filter(([name]) => !findProgram(name, ...TEST_PATH))
      .map(([, packageName]) => packageName),
  ),
];

export const HOW_TO_GET_TEST_PROGRAMS =
  'The gossip peers for the tests are not there. On Debian: sudo apt-get install serf prometheus-alertmanager iproute2';

export const HOW_TO_GET_SHELLS =
  'The shells whose completion is tested are not there. On Debian: sudo apt-get install zsh fish';

export const HOW_TO_GET_ENGINE =
  'A Docker Engine for the tests can only be started by root. On Debian: sudo apt-get install docker.io docker-compose busybox-static debootstrap iproute2';

export const HOW_TO_GET_BROWSER =
  'Chromium for the tests of the console is not there. On Debian: sudo apt-get install chromium';

export const HOW_TO_GET_HAPROXY =
  'HAProxy is not installed. On Debian or Ubuntu: sudo apt-get install haproxy – then run the command again.';

export function build() {
  step('building', () => {
    const tool = (...path) => join('node_modules', ...path);
    const isBuilt =
      succeeds(process.execPath, [tool('typescript', 'bin', 'tsc'), '-p', 'tsconfig.build.json']) &&
      succeeds(process.execPath, [tool('vite', 'bin', 'vite.js'), 'build']);
    if (!isBuilt) giveUp('The build failed; what to mend is above.');
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
