import { execFile } from 'node:child_process';
import { PROGRAM } from './agent.js';
import { getJson } from './network.js';
import { until } from './until.js';

/** What `sidecar why --json` ended with and said. */
export interface Why {
  readonly exit: number;
  readonly code: string;
  readonly sentence: string;
  readonly instances: readonly { readonly host: string; readonly asked: { readonly state: string } }[];
}

interface Asked {
  url(path: string): string;
}

/** Runs the built `sidecar why` against an agent. */
export function why(agent: Asked, ...args: readonly string[]): Promise<Why> {
  const line = [PROGRAM, 'why', ...args, '--json', '--agent', agent.url('').replace('http://', '')];
  return new Promise((done, fail) => {
    execFile(process.execPath, line, { timeout: 20_000 }, (error, stdout, stderr) => {
      const exit = error === null ? 0 : Number(error.code);
      if ((exit !== 0 && exit !== 1) || stdout === '') {
        fail(new Error(`${exit}: ${stderr}`));
        return;
      }
      const { verdict, instances } = JSON.parse(stdout) as Pick<Why, 'instances'> & { readonly verdict: Why };
      done({ exit, code: verdict.code, sentence: verdict.sentence, instances });
    });
  });
}

/** Asks until the verdict has this code: over HTTP, which costs little, and then by the command, which has to say the same. */
export function untilCode(agent: Asked, code: string, args: readonly string[], withinMs = 20_000): Promise<Why> {
  let last: unknown;
  const [service = '', which = ''] = args;
  const url = agent.url(`/api/explain?${new URLSearchParams({ service, which }).toString()}`);
  const seen = async (): Promise<Why | undefined> => {
    const { verdict } = (await getJson(url)) as { readonly verdict: { readonly code: string } };
    last = verdict;
    if (verdict.code !== code) return undefined;
    const said = await why(agent, ...args);
    last = said;
    return said.code === code ? said : undefined;
  };
  return until(`why ${args.join(' ')} is ${code}`, seen, withinMs).catch((error: unknown) => {
    throw new Error(`${String(error)}; the last verdict was ${JSON.stringify(last)}`);
  });
}
