import { ExitCode, type CliCommand, type CommandContext } from '../command.js';
import { isObject } from '../is-object.js';
import { timeFor } from '../local-time.js';
import { nowMs } from '../now.js';
import { wrapped } from '../wrap.js';

interface Problem {
  readonly room: string;
  readonly code: string;
  readonly subject: string;
  readonly message: string;
  readonly since: string;
}

interface Health {
  readonly status: 'ok' | 'failing';
  /** Why it is failing. */
  readonly reasons?: readonly string[];
  readonly problems: readonly Problem[];
}

interface Readiness {
  readonly ready: boolean;
  readonly waitingFor: readonly string[];
}

/** `sidecar status`: is the agent healthy and ready, and what is wrong? */
export const status: CliCommand = {
  name: 'status',
  summary: 'is the agent healthy and ready, and what is wrong?',
  group: 'Look',
  examples: [
    ['status', 'is anything wrong with the agent of this host?'],
    ['status --agent 10.0.0.6:7777', 'and with that of another one?'],
    ['status --json', 'the same for programs; the exit status says it, too'],
  ],
  run: async (context) => {
    const { agent, ask, json, print } = context;
    const { json: health } = await ask('GET', '/health', isHealth);
    const { json: readiness } = await ask('GET', '/ready', isReadiness);
    if (json) print(`${JSON.stringify({ agent, ...health, ...readiness })}\n`);
    else print(`${page(context, health, readiness).join('\n')}\n`);
    const isFine = health.status === 'ok' && health.problems.length === 0 && readiness.ready;
    return isFine ? ExitCode.Fine : ExitCode.No;
  },
};

function page(
  context: CommandContext,
  { status, reasons = [], problems }: Health,
  { ready, waitingFor }: Readiness,
): readonly string[] {
  const { agent, terminal } = context;
  const count = problems.length === 1 ? '1 problem' : `${problems.length || 'no'} problems`;
  const sentences = [
    `${agent}: ${status === 'ok' ? 'healthy' : 'failing'}, ${ready ? 'ready' : 'not ready'}, ${count}`,
    ...reasons.map((reason) => `failing: ${reason}`),
    ...(ready ? [] : [`waiting for: ${waitingFor.join(', ') || 'nothing that it names'}`]),
  ];
  return [
    ...sentences.flatMap((sentence) => wrapped(sentence, terminal)),
    ...problems.flatMap(({ room, code, subject, message, since }) => [
      ...wrapped(
        `${room} ${code}${subject ? ` ${subject}` : ''}, since ${timeFor(since, terminal, nowMs(context))}`,
        terminal,
      ),
      ...wrapped(message, terminal, '  '),
    ]),
  ];
}

function isHealth(json: unknown): json is Health {
  return (
    isObject(json) &&
    (json['status'] === 'ok' || json['status'] === 'failing') &&
    Array.isArray(json['problems']) &&
    json['problems'].every(isProblem) &&
    (json['reasons'] === undefined || isStrings(json['reasons']))
  );
}

function isProblem(json: unknown): json is Problem {
  return (
    isObject(json) && ['room', 'code', 'subject', 'message', 'since'].every((key) => typeof json[key] === 'string')
  );
}

function isReadiness(json: unknown): json is Readiness {
  return isObject(json) && typeof json['ready'] === 'boolean' && isStrings(json['waitingFor']);
}

const isStrings = (json: unknown): json is readonly string[] =>
  Array.isArray(json) && json.every((item) => typeof item === 'string');
