import type { Command, RunCommand } from '../lib/command.js';
import { customVerifyCommand, haproxyWords, PROGRAM_DIRECTORIES, readable, verifyCommand } from './commands.js';
import type { HaproxyFault } from './fault.js';
import type { Processes } from './ports.js';

const LIMITS = { timeoutMs: 30_000, maxOutputBytes: 64 * 1024 };
/** What HAProxy says of a file that is without a fault, but gives it nothing to do. */
const NO_LISTENER = 'will not start (no listener)';

/**
 * Whether HAProxy would accept the candidate. A custom `verify_command` judges it instead, unless it cannot see it: then
 * both must agree.
 *
 * @param options.verifyCommand empty = built in
 * @param signal                ends the verification
 */
export async function verifyCandidate(
  candidate: string,
  options: { readonly configFile: string; readonly verifyCommand: string },
  deps: { readonly run: RunCommand; readonly processes: Pick<Processes, 'findProgram'> },
  signal: AbortSignal,
): Promise<HaproxyFault | undefined> {
  if (options.verifyCommand !== '') {
    const custom = customVerifyCommand(options.verifyCommand, options.configFile, candidate);
    const fault = await judge(custom.command, options.configFile, candidate, deps.run, signal);
    if (fault || custom.seesCandidate) return fault;
  }
  const haproxy = deps.processes.findProgram('haproxy', PROGRAM_DIRECTORIES);
  if (haproxy === undefined) return { code: 'HAPROXY_MISSING', searched: ['PATH', ...PROGRAM_DIRECTORIES] };
  return judge(verifyCommand(haproxy, candidate), options.configFile, candidate, deps.run, signal);
}

async function judge(
  command: Command,
  configFile: string,
  candidate: string,
  run: RunCommand,
  signal: AbortSignal,
): Promise<HaproxyFault | undefined> {
  const { outcome, exitCode, output } = await run(command, { ...LIMITS, signal });
  if (outcome !== 'ended') {
    const late = outcome === 'timed-out' ? `timed out after ${LIMITS.timeoutMs / 1000} s` : 'ended by the shutdown';
    const reason = outcome === 'not-started' ? output : late;
    return { code: 'VERIFY_UNFINISHED', command: readable(command), reason };
  }
  if (exitCode === 0) return undefined;
  if (output.includes(NO_LISTENER)) return { code: 'CONFIG_WITHOUT_LISTENER', path: configFile };
  const said = haproxyWords(output).replaceAll(candidate, configFile);
  return {
    code: 'CONFIG_REJECTED',
    path: configFile,
    words: said === '' ? `exit status ${exitCode ?? 'unknown'}` : said,
  };
}
