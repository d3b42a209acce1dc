import { ExitCode, type CliCommand } from '../command.js';
import { timeFor } from '../local-time.js';
import { nowMs } from '../now.js';
import { isProxyStatus, type ProxyStatus } from '../proxy-status.js';
import { shortDuration } from '../short-duration.js';
import { isMessage, type Message } from '../tell.js';
import type { Terminal } from '../terminal.js';
import { wrapped } from '../wrap.js';

/** `sidecar proxy`: what does HAProxy run, and what is wrong? */
export const proxy: CliCommand = {
  name: 'proxy',
  summary: 'what does HAProxy run, and what is wrong?',
  group: 'Look',
  examples: [
    ['proxy', 'what does the HAProxy of this host run?'],
    ['proxy --agent 10.0.0.6:7777', 'and that of another one? the same view, the same routes'],
    ['proxy --json', 'the same for programs'],
  ],
  run: async (context) => {
    const { ask, json, print, terminal } = context;
    const when: When = (time) => timeFor(time, terminal, nowMs(context));
    const { json: answer } = await ask('GET', '/api/proxy', isAnswer);
    if (json) print(`${JSON.stringify(answer)}\n`);
    else
      print(`${('running' in answer ? page(answer, when, terminal) : wrapped(answer.message, terminal)).join('\n')}\n`);
    return 'running' in answer && complaintsOf(answer, when).length === 0 ? ExitCode.Fine : ExitCode.No;
  },
};

const isAnswer = (json: unknown): json is ProxyStatus | Message => isProxyStatus(json) || isMessage(json);

/** How the time of something is shown. */
type When = (time: string) => string;

function page(status: ProxyStatus, when: When, terminal: Terminal): readonly string[] {
  const complaints = complaintsOf(status, when);
  const count = complaints.length === 1 ? '1 thing is wrong' : `${complaints.length} things are wrong`;
  return [
    `HAProxy ${status.running ? 'runs' : 'does not run'}, ${complaints.length === 0 ? 'all is well' : count}`,
    ...complaints.flatMap((complaint) => wrapped(complaint, terminal, '! ')),
    '',
    ...rowsOf(status, when).flatMap(([title, text]) => wrapped(text, terminal, title.padEnd(TITLE_WIDTH))),
  ];
}

const TITLE_WIDTH = 13;
/** Servers on their way out are normal after a deployment: more than these are counted only. */
const MAX_RETIRING = 10;

/** What an operator has to do something about, the worst first. */
function complaintsOf(status: ProxyStatus, when: When): readonly string[] {
  const { running, runtimeApi, config, faults, setAside, stale, notices, catalogVersion } = status;
  return [
    ...(running ? [] : ['no HAProxy of this agent is running']),
    ...(catalogVersion.applied === null ? ['HAProxy does not serve what this agent knows yet'] : []),
    ...faults.map(({ code, message, since }) => `since ${when(since)}: ${code} ${message}`),
    ...(runtimeApi.available
      ? []
      : [`Runtime API not used, every change is a reload: ${runtimeApi.fault ?? 'it has not been tried yet'}`]),
    ...(config.behind === null ? [] : [`${config.path} is behind what HAProxy runs: ${config.behind}`]),
    ...setAside.map(
      ({ service, servicePort, code, message, since }) =>
        `${portOf(service, servicePort)} is set aside since ${when(since)}: ${code} ${message}`,
    ),
    ...stale.map(
      ({ service, servicePort, servers, sinceMs }) =>
        `${portOf(service, servicePort)} is out of sight for ${shortDuration(sinceMs)}, its last ${servers === 1 ? 'server is' : `${servers} servers are`} kept`,
    ),
    ...notices,
  ];
}

const portOf = (service: string, port: number | null): string => (port === null ? service : `${service}:${port}`);

/** Everything else, by what it is about. */
function rowsOf(status: ProxyStatus, when: When): readonly (readonly [title: string, text: string])[] {
  const { pids, oldProcesses, catalogVersion, viewHash, lastApply, reloads, retiring, drift, runtimeApi } = status;
  const { config, lastError } = status;
  const more = retiring.length - MAX_RETIRING;
  const old = oldProcesses.map(({ pid, since }) => `old ${pid} since ${when(since)}`);
  return [
    ['processes', [...pids.map(String), ...old].join(', ') || 'none'],
    ['catalog', `version ${catalogVersion.applied ?? 'none'} applied, ${catalogVersion.current} is current`],
    ['view', viewHash ?? 'none yet'],
    ['last change', lastApply ? changeOf(lastApply, when) : 'none yet'],
    ['reloads', `${reloads.total}${listed(reloads.byCause)}`],
    ...(reloads.last ? [['last reload', `${when(reloads.last.time)}, ${reloads.last.reason}`] as const] : []),
    ['operations', `${totalOf(status.operations)}${listed(status.operations)}`],
    ...retiring
      .slice(0, MAX_RETIRING)
      .map(
        ({ backend, server, sinceMs, sessions }) =>
          ['retiring', `${backend}/${server} for ${shortDuration(sinceMs)}, ${sessionsOf(sessions)}`] as const,
      ),
    ...(more > 0 ? [['', `and ${more} more, which --json lists`] as const] : []),
    ['drift', `${drift.found} found, ${drift.repaired} repaired in ${drift.looks} looks`],
    ...(drift.last ? [['last drift', `${when(drift.last.time)}, ${drift.last.what}`] as const] : []),
    ['Runtime API', `${runtimeApi.socket}${runtimeApi.version === null ? '' : `, HAProxy ${runtimeApi.version}`}`],
    [
      'file',
      `${config.path}, ${config.verified ? 'verified' : 'not verified'}${config.behind === null ? '' : ', behind'}`,
    ],
    ...(lastError ? [['last error', `${when(lastError.time)}, ${lastError.code} ${lastError.message}`] as const] : []),
  ];
}

/** How a change gets to HAProxy, in words. */
const HOW: Readonly<Record<string, string>> = {
  runtime: 'by command',
  reload: 'by a reload',
  nothing: 'with nothing to do',
};

function changeOf({ time, how, tookMs, reason }: NonNullable<ProxyStatus['lastApply']>, when: When): string {
  return `${when(time)}, ${HOW[how] ?? how} in ${shortDuration(tookMs)}${reason === '' ? '' : `: ${reason}`}`;
}

const sessionsOf = (sessions: number | null): string =>
  sessions === null ? 'sessions unknown' : sessions === 1 ? '1 session' : `${sessions} sessions`;

const totalOf = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((total, count) => total + count, 0);

/** ` (add 3, remove 1)`, the most frequent first. */
function listed(counts: Readonly<Record<string, number>>): string {
  const parts = Object.entries(counts)
    .filter(([, count]) => count > 0)
    .sort(([, a], [, b]) => b - a);
  return parts.length === 0 ? '' : ` (${parts.map(([kind, count]) => `${kind} ${count}`).join(', ')})`;
}
