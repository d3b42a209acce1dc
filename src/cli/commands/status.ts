import { harmless } from '../../lib/printable.js';
import { ExitCode, type CliCommand } from '../command.js';
import { isObject } from '../is-object.js';

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
  run: async ({ agent, ask, json, print }) => {
    const { json: health } = await ask('GET', '/health', isHealth);
    const { json: readiness } = await ask('GET', '/ready', isReadiness);
    if (json) print(`${JSON.stringify({ agent, ...health, ...readiness })}\n`);
    else print(lines(agent, health, readiness));
    const isFine = health.status === 'ok' && health.problems.length === 0 && readiness.ready;
    return isFine ? ExitCode.Fine : ExitCode.No;
  },
};

function lines(agent: string, { status, reasons = [], problems }: Health, { ready, waitingFor }: Readiness): string {
  const count = problems.length === 1 ? '1 problem' : `${problems.length || 'no'} problems`;
  return harmless(
    [
      `${agent}: ${status === 'ok' ? 'healthy' : 'failing'}, ${ready ? 'ready' : 'not ready'}, ${count}`,
      ...reasons.map((reason) => `failing: ${reason}`),
      ...(ready ? [] : [`waiting for: ${waitingFor.join(', ') || 'nothing that it names'}`]),
      ...problems.flatMap(({ room, code, subject, message, since }) => [
        `${room} ${code}${subject ? ` ${subject}` : ''}, since ${since}`,
        ...message.split('\n').map((line) => `  ${line}`),
      ]),
      '',
    ].join('\n'),
  );
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
