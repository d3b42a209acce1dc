import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { homedir, hostname, userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { terminalOf } from '../cli/terminal.js';
import { composeAgent } from '../compose/agent.js';
import { devGuest, hasHaproxy } from '../compose/dev.js';
import { DEV_ADDRESS, devFile } from '../config/dev-file.js';
import { parseFlags } from '../config/flags.js';
import { loadSettings } from '../config/load.js';
import { messageOf } from '../lib/fault.js';
import { runAll } from '../lib/lifecycle.js';
import { ok, refused, type Result } from '../lib/result.js';
import { systemListening } from '../platform/listening.js';
import { logFile } from '../platform/log-file.js';
import { createLogger } from '../platform/logger.js';
import { readRegularFile } from '../platform/read-regular-file.js';
import { refuse, sentenceOf, stopOnSignals } from './process.js';
import { screenOutput } from './screen-output.js';

const PROGRAM = 'sidecar dev';
const HTTP_PORT = 7777;
/** Not the usual one of gossip: an agent in earnest may be started beside this one. */
const GOSSIP_PORT = 17946;
/** So many `sidecar dev` may run at once. */
const MAX_PORTS = 100;
const STATIC_FILE = 'static.json';
/** Folder of what an agent in earnest keeps over a restart. */
const STATE = 'state';
const MAX_LOG_BYTES = 10 * 1024 * 1024;
/** What of the environment counts: the agent's own variables are for agents in earnest. */
const DOCKER_VARIABLES = ['DOCKER_HOST', 'DOCKER_TLS_VERIFY', 'DOCKER_CERT_PATH', 'HOME'];

/**
 * Runs an agent for this machine alone until a signal ends it, and tells on stdout what there is.
 *
 * @param follow URL of an agent whose services are borrowed; undefined: nobody's
 * @returns the exit status: 0, or 1 when it could not start or had to give up
 */
export async function runDev(follow: string | undefined): Promise<0 | 1> {
  const [httpPort, gossipPort] = [await freePort(HTTP_PORT, followedHere(follow)), await freePort(GOSSIP_PORT)];
  const place = placeFor(httpPort);
  if (!place.ok) return failed(place.fault);
  const { folder, logPath, lines } = place.value;
  const staticFile = existsSync(STATIC_FILE) ? STATIC_FILE : undefined;
  const file = devFile({
    ...{ user: userName(), hostname: hostname(), httpPort, gossipPort, folder, stateDir: join(folder, STATE) },
    staticFile: staticFile && resolve(staticFile),
    dockerUrl: dockerUrl(),
    hasHaproxy: hasHaproxy(process.platform),
  });
  const loaded = loadSettings({
    flags: parseFlags([]),
    env: { ...dockerVariables(), SIDECAR_CONFIG_FILE: PROGRAM },
    readFile: (path, maxBytes) => (path === PROGRAM ? Buffer.from(file) : readRegularFile(path, maxBytes)),
    hostname: hostname(),
  });
  if (!loaded.ok) return refuse(PROGRAM, loaded.problems);

  const log = createLogger({ level: 'info', format: 'standard', to: lines });
  const stop = stopOnSignals(log);
  process.stdout.on('error', stop.end); // the terminal is gone, or whoever read the lines
  const guest = devGuest(
    {
      ...{ config: loaded.config, follow, staticFile, logFile: logPath },
      ...{ agent: `${DEV_ADDRESS}:${httpPort}`, isUsualAgent: httpPort === HTTP_PORT },
      terminal: () => terminalOf(process.stdout, process.env),
      write: screenOutput(),
    },
    log,
  );
  try {
    await runAll(composeAgent(loaded.config, DEV_ADDRESS, stop.end, log, guest), stop.signal, log);
    process.stdout.write(`${PROGRAM} has ended, and nothing of it runs any more\n`);
    return 0;
  } catch (error) {
    log.error(sentenceOf(error), { error });
    return failed(sentenceOf(error));
  }
}

function failed(sentence: string): 1 {
  process.stderr.write(`${PROGRAM}: ${sentence}\n`);
  return 1;
}

interface Place {
  readonly folder: string;
  readonly logPath: string;
  readonly lines: ReturnType<typeof logFile>;
}

/**
 * A private folder of its own for each that runs at once, which are told apart by their HTTP port; and the same again the next
 * time, so that an HAProxy that was left behind is found.
 */
function placeFor(httpPort: number): Result<Place, string> {
  const folder = join(
    process.env['XDG_STATE_HOME'] || join(homedir(), '.local', 'state'),
    'sidecar',
    `dev-${httpPort}`,
  );
  const logPath = join(folder, 'sidecar.log');
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    rmSync(join(folder, STATE), { recursive: true, force: true }); // containers of days ago are no news
    return ok({ folder, logPath, lines: logFile(logPath, MAX_LOG_BYTES) });
  } catch (error) {
    return refused(`its files cannot be in ${folder}: ${messageOf(error)}; XDG_STATE_HOME names another place`);
  }
}

/**
 * The first port from `first` on that nobody has; `first` when none of many is free, which then is said by who needs it.
 *
 * @param kept is somebody else's, there or not
 */
async function freePort(first: number, kept?: number): Promise<number> {
  for (let port = first; port < first + MAX_PORTS; port += 1)
    if (port !== kept && !(await systemListening.tryListen({ address: DEV_ADDRESS, port, v6only: false }))) return port;
  return first;
}

/** The port of an agent that is followed on this machine, through a tunnel say, which may be opened later. */
function followedHere(follow: string | undefined): number | undefined {
  if (follow === undefined) return undefined;
  const { hostname: host, port } = new URL(follow);
  return /^(?:localhost|127\.[\d.]+|\[::1\])$/.test(host) ? Number(port) : undefined;
}

/** Docker where its own variables say, or else at the first place of these that there is: for all, for one user, on a Mac. */
function dockerUrl(): string {
  if (process.env['DOCKER_HOST']) return '';
  const runtime = process.env['XDG_RUNTIME_DIR'];
  const places = [
    '/var/run/docker.sock',
    ...(runtime ? [join(runtime, 'docker.sock')] : []),
    join(homedir(), '.docker', 'run', 'docker.sock'),
  ];
  const found = places.find((path) => existsSync(path));
  return found === undefined ? '' : `unix://${found}`;
}

const dockerVariables = (): Readonly<Record<string, string | undefined>> =>
  Object.fromEntries(DOCKER_VARIABLES.map((name) => [name, process.env[name]]));

/** A user without an entry in the system's list, in a container say, has a number only. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? 'user');
  }
}
