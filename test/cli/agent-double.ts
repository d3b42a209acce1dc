import { runCli, type CliIo } from '../../src/cli/run.js';
import type { HttpAnswer } from '../../src/lib/http-ask.js';

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

/** Runs a command line against an agent that answers per path; a path without an answer is refused. */
export async function sidecar(
  line: string,
  answers: Readonly<Record<string, HttpAnswer>> = {},
  env: Readonly<Record<string, string>> = {},
  files: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  let [out, err] = ['', ''];
  const asked: string[] = [];
  const sent: string[] = [];
  const io: CliIo = {
    out: (text) => (out += text),
    err: (text) => (err += text),
    http: ({ method, url, headers, text }) => {
      asked.push([method, url, headers['Authorization'] ?? ''].join(' ').trim());
      if (text !== undefined) sent.push(`${headers['Content-Type'] ?? ''}: ${text}`);
      const found = answers[new URL(url).pathname];
      return Promise.resolve(found ?? { outcome: 'unreachable', reason: 'connect ECONNREFUSED' });
    },
    readFile: (path, maxBytes) => {
      const text = files[path];
      if (text === undefined) throw new Error(`ENOENT: no such file or directory, open '${path}'`);
      return Buffer.from(text).subarray(0, maxBytes);
    },
  };
  const exitCode = await runCli(line.split(' ').filter(Boolean), env, io);
  return { exitCode, out, err, asked, sent };
}
