import { resolve } from 'node:path';
import type { Command } from '../lib/command.js';

/** Where HAProxy is looked for after PATH: an ordinary user's lacks the `sbin` directories. */
export const PROGRAM_DIRECTORIES = ['/usr/local/sbin', '/usr/sbin', '/sbin'] as const;

/** A line of the settings, as the original runs it. */
export const shellCommand = (line: string, env: Readonly<Record<string, string>> = {}): Command => ({
  file: '/bin/bash',
  args: ['-c', line],
  env,
});

export const verifyCommand = (haproxy: string, candidate: string): Command => ({
  file: haproxy,
  args: ['-c', '-f', candidate],
});

/** The environment variable that tells a custom `verify_command` which file to look at. */
const CANDIDATE_VARIABLE = 'HAPROXY_CONFIG_CANDIDATE';

/**
 * A custom `verify_command` pointed at the candidate: each mention of `configFile` as a whole path becomes `candidate`.
 *
 * @returns `seesCandidate` is false when it names neither the file nor the variable, and so cannot judge the candidate
 */
export function customVerifyCommand(
  line: string,
  configFile: string,
  candidate: string,
): { readonly command: Command; readonly seesCandidate: boolean } {
  const mention = new RegExp(`(?<![\\w./-])${escapeRegExp(configFile)}(?![\\w/-]|\\.\\w)`, 'g');
  const pointed = line.replace(mention, () => candidate);
  const seesCandidate = pointed !== line || line.includes(CANDIDATE_VARIABLE);
  return { command: shellCommand(pointed, { [CANDIDATE_VARIABLE]: candidate }), seesCandidate };
}

/**
 * Starts an HAProxy that takes over from `pids`: they stop listening when it is ready, and end when their connections do.
 *
 * @param start.socket stats socket that hands out the listeners of the running HAProxy; undefined for none
 */
export function reloadCommand(start: {
  readonly haproxy: string;
  readonly configFile: string;
  readonly pidFile: string;
  readonly socket: string | undefined;
  readonly pids: readonly number[];
}): Command {
  const { haproxy, configFile, pidFile, socket, pids } = start;
  const handOver = socket === undefined ? [] : ['-x', socket];
  const finish = pids.length === 0 ? [] : ['-sf', ...pids.map(String)];
  // By their whole paths a process is told from the HAProxy of another agent, whose files have the same names in another folder.
  return { file: haproxy, args: ['-D', '-f', resolve(configFile), '-p', resolve(pidFile), ...handOver, ...finish] };
}

/** A command as a person would type it, near enough for a message. */
export const readable = ({ file, args }: Command): string =>
  args[0] === '-c' && args[1] && file.endsWith('bash') ? args[1] : [file, ...args].join(' ');

const MAX_WORDS = 2_000;

/**
 * What HAProxy said, for people: its alerts and warnings without the process number, which differs each time; everything when
 * it raised none. At most 2,000 characters.
 */
export function haproxyWords(output: string): string {
  const lines = output
    .split('\n')
    .map((line) => line.replace(/\p{Cc}+/gu, ' ').trimEnd())
    .filter((line) => line !== '' && !line.startsWith('[NOTICE]'));
  const alarms = lines.filter((line) => /^\[(?:ALERT|WARNING|EMERG)\]/.test(line));
  const words = (alarms.length > 0 ? alarms : lines)
    .map((line) => line.replace(/^(\[\w+\])\s+\(\d+\)\s*(?::\s*)?/, '$1 '))
    .join('\n');
  return words.length > MAX_WORDS ? `${words.slice(0, MAX_WORDS)}…` : words;
}

const escapeRegExp = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
