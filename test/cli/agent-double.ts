import type { CliCommand } from '../../src/cli/command.js';
import { runCli, type CliIo } from '../../src/cli/run.js';
import { NO_TERMINAL, type Terminal } from '../../src/cli/terminal.js';
import type { HttpAnswer } from '../../src/lib/http-ask.js';
import type { HttpResponse } from '../../src/lib/http-get.js';
import type { Clock } from '../../src/lib/ports.js';
import { FakeClock } from '../support/time.js';

export const answer = (status: number, json: unknown): HttpAnswer => ({
  outcome: 'answered',
  status,
  body: JSON.stringify(json),
});

export interface Outcome {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
  /** `METHOD URL authorization` of each question. */
  readonly asked: readonly string[];
  /** The texts that were sent with them. */
  readonly sent: readonly string[];
}

type Answers = Readonly<Record<string, HttpAnswer>>;

/** Where and when a command runs; by default into a pipe, at noon. */
export interface World {
  readonly terminal?: Terminal;
  readonly clock?: Clock;
  readonly stop?: AbortSignal;
  /** One answer that comes bit by bit, or the words of a failure, for each time that one is asked for. */
  readonly streams?: readonly (Stream | string)[];
  /** Default: all there are. */
  readonly commands?: readonly CliCommand[];
  /** Is told all that is printed, at once. */
  readonly onOut?: (text: string) => void;
}

export interface Stream {
  readonly status?: number;
  /** Its pieces; after the last it ends, or never says anything again. */
  readonly pieces: readonly string[];
  readonly isOpen?: boolean;
}

export const NOON_MS = Date.parse('2026-11-23T12:00:00Z');

export const terminal = (columns: number): Terminal => ({ columns, rows: 24, hasColor: false });

/** Runs a command line against an agent that answers per path; a path without an answer is refused. */
export async function sidecar(
  line: string,
  answers: Answers = {},
  env: Readonly<Record<string, string>> = {},
  files: Readonly<Record<string, string>> = {},
  world: World = {},
): Promise<Outcome> {
  let [out, err] = ['', ''];
  const asked: string[] = [];
  const sent: string[] = [];
  const streams = [...(world.streams ?? [])];
  const io: CliIo = {
    out: (text) => {
      out += text;
      world.onOut?.(text);
    },
    err: (text) => (err += text),
    terminal: () => world.terminal ?? NO_TERMINAL,
    http: ({ method, url, headers, text }) => {
      asked.push([method, url, headers['Authorization'] ?? ''].join(' ').trim());
      if (text !== undefined) sent.push(`${headers['Content-Type'] ?? ''}: ${text}`);
      const { pathname, search } = new URL(url);
      const found = answers[pathname + search] ?? answers[pathname];
      return Promise.resolve(found ?? { outcome: 'unreachable', reason: 'connect ECONNREFUSED' });
    },
    get: (url, signal, headers = {}) => {
      asked.push(['GET', url, headers['Last-Event-ID'] ?? ''].join(' ').trim());
      const stream = streams.shift() ?? 'connect ECONNREFUSED';
      return typeof stream === 'string' ? Promise.reject(new Error(stream)) : Promise.resolve(response(stream, signal));
    },
    readFile: (path, maxBytes) => {
      const text = files[path];
      if (text === undefined) throw new Error(`ENOENT: no such file or directory, open '${path}'`);
      return Buffer.from(text).subarray(0, maxBytes);
    },
    clock: world.clock ?? new FakeClock(),
    wall: { nowNs: () => BigInt(NOON_MS) * 1_000_000n },
    untilStopped: () => world.stop ?? new AbortController().signal,
    startDev: () => Promise.resolve(0),
  };
  const exitCode = await runCli(line.split(' ').filter(Boolean), env, io, world.commands);
  return { exitCode, out, err, asked, sent };
}

function response({ status = 200, pieces, isOpen = false }: Stream, signal: AbortSignal): HttpResponse {
  const left = [...pieces];
  return {
    status,
    read: () => {
      const piece = left.shift();
      if (piece !== undefined) return Promise.resolve(Buffer.from(piece));
      if (!isOpen) return Promise.resolve(undefined);
      return new Promise((_, reject) => {
        const abort = (): void => reject(new Error('aborted'));
        if (signal.aborted) abort();
        else signal.addEventListener('abort', abort, { once: true });
      });
    },
  };
}
