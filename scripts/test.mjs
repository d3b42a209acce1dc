// `npm test`: everything that must hold before a change lands, from a bare clone. `--full` runs the long tests instead.
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  build,
  checkNode,
  fetchTestPrograms,
  giveUp,
  HOW_TO_GET_BROWSER,
  HOW_TO_GET_ENGINE,
  HOW_TO_GET_HAPROXY,
  HOW_TO_GET_SHELLS,
  HOW_TO_GET_TEST_PROGRAMS,
  installHaproxy,
  installPackages,
  ROOT,
  step,
  succeeds,
} from './setup.mjs';

const full = process.argv.includes('--full');
const inCi = Boolean(process.env.CI);
process.chdir(ROOT);
checkNode();
installPackages();
const haproxy = installHaproxy();
if (!haproxy && (inCi || full)) giveUp(HOW_TO_GET_HAPROXY);
const programs = fetchTestPrograms();
if (!programs.peers && (inCi || full)) giveUp(HOW_TO_GET_TEST_PROGRAMS);
if (!programs.engine && (inCi || full)) giveUp(HOW_TO_GET_ENGINE);
if (!programs.shells && inCi) giveUp(HOW_TO_GET_SHELLS);
if (!programs.browser && inCi) giveUp(HOW_TO_GET_BROWSER);
process.env.PATH = [process.env.PATH, ...programs.path, '/usr/sbin', '/sbin'].filter(Boolean).join(':');
mkdirSync(join(ROOT, 'run'), { recursive: true });

/** No step takes longer than this, whatever hangs. */
const STEP_TIMEOUT_MS = 40 * 60_000;

const node = (...args) => succeeds(process.execPath, args, { timeout: STEP_TIMEOUT_MS, killSignal: 'SIGKILL' });
const tool = (name, file) => join('node_modules', name, file);
const must = (name, passes) =>
  step(name, () => {
    if (!passes()) giveUp(`${name} failed; what to mend is above.`);
  });

build();
if (full) {
  runJest('simulation', '--maxWorkers=100%');
  runJest('full', '--runInBand');
} else {
  must('lint', () => node(tool('eslint', 'bin/eslint.js'), '.'));
  must('format', () => node(tool('prettier', 'bin/prettier.cjs'), '--check', '--log-level=warn', '.'));
  must('types', () => node(tool('typescript', 'bin/tsc'), '-p', 'tsconfig.json', '--noEmit'));
  must('types of the console', () => node(tool('typescript', 'bin/tsc'), '-p', 'src/console/tsconfig.json'));
  runJest('unit');
  if (haproxy) runJest('integration', '--runInBand');
  else console.log(`– skipped the integration tests: ${HOW_TO_GET_HAPROXY}`);
  if (!programs.shells) console.log(`– skipped tests of completion: ${HOW_TO_GET_SHELLS}`);
  if (!programs.engine) console.log(`– skipped the tests with a Docker Engine: ${HOW_TO_GET_ENGINE}`);
  if (!programs.browser) console.log(`– skipped the tests of the console in a browser: ${HOW_TO_GET_BROWSER}`);
  if (programs.peers) runJest('peers', '--runInBand');
  else console.log(`– skipped the tests with gossip peers and network namespaces: ${HOW_TO_GET_TEST_PROGRAMS}`);
}

/** Runs one jest project; enough of its tests must have been executed, so that what is not installed cannot pass for green. */
function runJest(project, ...args) {
  const report = join(ROOT, 'run', `${project}-tests.json`);
  rmSync(report, { force: true });
  must(`${project} tests`, () =>
    node(
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      tool('jest', 'bin/jest.js'),
      `--selectProjects=${project}`,
      '--json',
      `--outputFile=${report}`,
      ...args,
    ),
  );
  const { numPassedTests, numFailedTests, numPendingTests } = JSON.parse(readFileSync(report, 'utf8'));
  const expected = JSON.parse(readFileSync(join(ROOT, 'test', 'integration', 'expected.json'), 'utf8'))[project] ?? 0;
  // Elsewhere what cannot be done on this machine is skipped, and said so.
  const known = inCi ? numPassedTests : numPassedTests + numPendingTests;
  if (known < expected) {
    giveUp(`Only ${known} ${project} tests were executed; test/integration/expected.json says ${expected}.`);
  }
  if (inCi && numPendingTests > 0) giveUp(`${numPendingTests} ${project} tests were skipped; in CI none may be.`);
  console.log(`${project}: ${numPassedTests} passed, ${numFailedTests} failed, ${numPendingTests} skipped`);
}
